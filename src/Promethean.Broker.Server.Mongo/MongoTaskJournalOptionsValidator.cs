using Microsoft.Extensions.Options;

namespace Promethean.Broker.Server.Mongo;

/// <summary>Says what is wrong with options, by property.</summary>
internal sealed class MongoTaskJournalOptionsValidator : IValidateOptions<MongoTaskJournalOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, MongoTaskJournalOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(MongoTaskJournalOptions options)
    {
        (string Property, string? Value)[] names = [(nameof(options.Database), options.Database ?? "unset"), (nameof(options.Collection), options.Collection)];
        foreach (var (property, value) in names)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                yield return $"{nameof(MongoTaskJournalOptions)}.{property} is blank; leave it out or give it a name.";
            }
        }

        (string Property, TimeSpan Value)[] durations =
        [
            (nameof(options.LeaseDuration), options.LeaseDuration),
            (nameof(options.OperationTimeout), options.OperationTimeout),
        ];
        foreach (var (property, value) in durations)
        {
            if (value < Shortest || value > Longest)
            {
                yield return $"{nameof(MongoTaskJournalOptions)}.{property} is {Shortest} to {Longest}, not {value}.";
            }
        }
    }
}
