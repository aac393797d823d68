using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Promethean.Broker;

namespace Promethean.Workers;

/// <summary>Answers one chat request after another with the models of a registry.</summary>
internal sealed class ChatHandler(ModelRegistry<IChatClient> models, WorkersOptions options, ModelCallSettings settings)
{
    public async IAsyncEnumerable<BrokerReply> HandleAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var asked = ChatRequests.Read(request.Payload, options);
        var client = models.Find(asked.Model) ?? throw ModelErrors.NotFound(asked.Model, models.Ids);
        var messages = ChatRequests.MessagesOf(asked);
        var how = ChatRequests.OptionsOf(asked);
        using var call = new ModelCall(settings, asked.Model, client.GetService<ChatClientMetadata>()?.ProviderName, cancellationToken);
        var answer = new ChatAnswer(asked.Model);
        if (asked.Stream is true)
        {
            var updates = new ModelStream(client.GetStreamingResponseAsync(messages, how, call.Token).GetAsyncEnumerator(call.Token));
            await using (updates.ConfigureAwait(false))
            {
                while (await call.RunAsync(_ => updates.MoveNextAsync()).ConfigureAwait(false))
                {
                    answer.Add(updates.Current);
                    if (updates.Current.Text is not { Length: > 0 } text) continue;
                    yield return BrokerReply.Partial(BrokerEvents.ChatDelta, new() { Delta = text }, BrokerJsonContext.Default.ChatDelta);
                }
            }
        }
        else
        {
            answer.Add(await call.RunAsync(token => client.GetResponseAsync(messages, how, token)).ConfigureAwait(false));
        }

        var complete = answer.Complete();
        call.Succeed(complete.Usage);
        yield return BrokerReply.Final(BrokerEvents.ChatComplete, complete, BrokerJsonContext.Default.ChatComplete);
    }
}
