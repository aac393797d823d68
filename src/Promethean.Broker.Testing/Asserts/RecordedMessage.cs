namespace Promethean.Broker.Testing;

/// <summary>A message as a <see cref="RecordingSubscriber{T}"/> got it.</summary>
/// <typeparam name="T">The payload's type.</typeparam>
/// <param name="Number">Its place among those recorded, from 1.</param>
/// <param name="ReceivedAt">When it came, by the recorder's clock.</param>
/// <param name="Message">The message.</param>
public sealed record RecordedMessage<T>(int Number, DateTimeOffset ReceivedAt, BrokerMessage<T> Message);
