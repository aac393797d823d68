using System.Runtime.CompilerServices;

namespace Promethean.Broker.Testing;

/// <summary>What is promised to the one who asks.</summary>
internal static class RequestConformance
{
    public static IEnumerable<ConformanceCase<IBrokerClient>> Cases =>
    [
        ConformanceStage.Case("A_request_is_answered_by_its_worker", AnswerAsync),
        ConformanceStage.Case("A_streamed_answer_comes_in_order_and_ends_with_one_final_event", StreamAsync),
        ConformanceStage.Case("Concurrent_answers_do_not_mix", NoMixAsync),
        ConformanceStage.Case("Without_a_worker_there_are_no_responders", NoRespondersAsync),
        ConformanceStage.Case("Cancelling_a_request_ends_it_and_the_workers_token", CancelAsync),
        ConformanceStage.Case("Leaving_an_answer_early_ends_the_workers_token", LeaveAsync),
        ConformanceStage.Case("A_deadline_ends_the_request_with_timeout_and_the_workers_token", DeadlineAsync),
        ConformanceStage.Case("The_worker_is_told_the_deadline", ToldAsync),
        ConformanceStage.Case("A_brokers_error_thrown_by_the_worker_reaches_the_caller_whole", BrokerErrorAsync),
        ConformanceStage.Case("Any_other_exception_of_the_worker_is_internal_without_its_text", SecretAsync),
        ConformanceStage.Case("Events_sent_before_an_error_stay_valid", PartialThenErrorAsync),
        ConformanceStage.Case("An_answer_without_a_final_event_is_an_internal_error", NoFinalAsync),
        ConformanceStage.Case("Invalid_actions_are_refused", InvalidAsync),
    ];

    private static async Task AnswerAsync(ConformanceStage stage)
    {
        var (caller, server) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        string[] actions = [stage.Named("double"), stage.Named("square")];
        var worker = await server.ServeAsync(actions, ComputeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        Expect.That(worker.Actions.Order(StringComparer.Ordinal).SequenceEqual(actions.Order(StringComparer.Ordinal)), "the worker to name its actions");
        var note = ConformanceJsonContext.Default.ConformanceNote;
        var doubled = await caller.RequestAsync(actions[0], new(21), note, note, cancellationToken: stage.Guard).ConfigureAwait(false);
        var squared = await caller.RequestAsync(actions[1], new(21), note, note, cancellationToken: stage.Guard).ConfigureAwait(false);
        Expect.Equal(42, doubled.Number, "the first action's answer");
        Expect.Equal(441, squared.Number, "the second action's answer");

        async IAsyncEnumerable<BrokerReply> ComputeAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            var number = ConformanceStage.Number(request.Payload);
            yield return ConformanceStage.Final(request.Action == actions[0] ? number * 2 : number * number);
        }
    }

    private static async Task StreamAsync(ConformanceStage stage)
    {
        const int Steps = 100;
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var action = stage.Named("stream");
        await client.ServeAsync([action], (_, _) => Replies.CountAsync(Steps, after: ConformanceStage.Partial(-1)), cancellationToken: stage.Guard).ConfigureAwait(false);
        var replies = await AskAsync(stage, client, action).ConfigureAwait(false);
        Expect.Sequence(Enumerable.Range(1, Steps), [.. replies.Select(reply => ConformanceStage.Number(reply.Body))], "the numbers of the events");
        Expect.That(replies.TakeWhile(reply => !reply.IsFinal).Count() == Steps - 1, "only the last event to be final");
        Expect.Equal("step", replies[0].Event, "the name of an event on the way");
        Expect.Equal("done", replies[^1].Event, "the name of the final event");
    }

    private static async Task NoMixAsync(ConformanceStage stage)
    {
        var (caller, server) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var action = stage.Named("mix");
        await server.ServeAsync(
            [action],
            (request, _) => Replies.TimesAsync(ConformanceStage.Number(request.Payload), 5),
            new() { Concurrency = 8 },
            stage.Guard).ConfigureAwait(false);
        await Task.WhenAll(Enumerable.Range(1, 40).Select(async number =>
        {
            var replies = await AskAsync(stage, caller, action, number).ConfigureAwait(false);
            Expect.Sequence(Enumerable.Range(1, 5).Select(i => i * number), [.. replies.Select(reply => ConformanceStage.Number(reply.Body))], $"answer {number}");
        })).ConfigureAwait(false);
    }

    private static async Task NoRespondersAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var action = stage.Named("nobody");
        await Expect.FailsAsync(BrokerErrorCode.NoResponders, () => AskAsync(stage, client, action), "a request that nobody serves").ConfigureAwait(false);
        var worker = await client.ServeAsync([action], (_, _) => Replies.CountAsync(1), cancellationToken: stage.Guard).ConfigureAwait(false);
        await AskAsync(stage, client, action).ConfigureAwait(false);
        await worker.DisposeAsync().ConfigureAwait(false);
        await worker.DisposeAsync().ConfigureAwait(false);
        Expect.That(worker.Completion.IsCompletedSuccessfully, "a disposed worker to be complete");
        await Expect.FailsAsync(BrokerErrorCode.NoResponders, () => AskAsync(stage, client, action), "a request after the last worker left").ConfigureAwait(false);
    }

    private static async Task CancelAsync(ConformanceStage stage)
    {
        var (caller, server) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var action = stage.Named("cancel");
        var standing = new StandingWorker();
        await server.ServeAsync([action], standing.ServeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(stage.Guard);
        var asking = AskAsync(stage, caller, action, cancellationToken: cancellation.Token);
        await standing.Started.WaitAsync(stage.Guard).ConfigureAwait(false);
        await cancellation.CancelAsync().ConfigureAwait(false);
        await Expect.ThrowsAsync<OperationCanceledException>(() => asking, "a cancelled request").ConfigureAwait(false);
        await standing.Cancelled.WaitAsync(stage.Guard).ConfigureAwait(false);
    }

    private static async Task LeaveAsync(ConformanceStage stage)
    {
        var (caller, server) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var action = stage.Named("leave");
        var standing = new StandingWorker();
        await server.ServeAsync([action], standing.ServeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        await foreach (var reply in caller.RequestStreamAsync(action, default, cancellationToken: stage.Guard).ConfigureAwait(false))
        {
            Expect.That(!reply.IsFinal, "an event on the way");
            break;
        }

        await standing.Cancelled.WaitAsync(stage.Guard).ConfigureAwait(false);
    }

    private static async Task DeadlineAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var action = stage.Named("deadline");
        var standing = new StandingWorker();
        await client.ServeAsync([action], standing.ServeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        await Expect.FailsAsync(
            BrokerErrorCode.Timeout,
            () => AskAsync(stage, client, action, options: new() { Timeout = TimeSpan.FromMilliseconds(300) }),
            "a request past its deadline").ConfigureAwait(false);
        await standing.Cancelled.WaitAsync(stage.Guard).ConfigureAwait(false);
    }

    private static async Task ToldAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var action = stage.Named("told");
        var told = new TaskCompletionSource<BrokerRequest>(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.ServeAsync(
            [action],
            (request, _) =>
            {
                told.SetResult(request);
                return Replies.CountAsync(1);
            },
            cancellationToken: stage.Guard).ConfigureAwait(false);
        await AskAsync(stage, client, action, 5, new() { Timeout = TimeSpan.FromHours(1) }).ConfigureAwait(false);
        var request = await told.Task.WaitAsync(stage.Guard).ConfigureAwait(false);
        Expect.Equal(action, request.Action, "the action that the worker is told");
        Expect.Equal(5, ConformanceStage.Number(request.Payload), "the payload that the worker is told");
        Expect.That(request.Id.Length > 0, "a task id");
        Expect.That(request.Deadline is not null, "the deadline");
    }

    private static async Task BrokerErrorAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var action = stage.Named("refusing");
        var thrown = new BrokerException(BrokerErrorCode.Overloaded, "The model is busy; try again.", TimeSpan.FromMilliseconds(1500));
        await client.ServeAsync([action], (_, _) => Replies.ThrowAsync(thrown), cancellationToken: stage.Guard).ConfigureAwait(false);
        var caught = await Expect.FailsAsync(BrokerErrorCode.Overloaded, () => AskAsync(stage, client, action), "a refused request").ConfigureAwait(false);
        Expect.Equal(thrown.Message, caught.Message, "the error's text");
        Expect.Equal(thrown.RetryAfter, caught.RetryAfter, "when to try again");
    }

    private static async Task SecretAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        foreach (var thrown in new Exception[] { new InvalidOperationException("the-secret"), new OperationCanceledException("the-secret") })
        {
            var action = stage.Named("secret-" + thrown.GetType().Name);
            await client.ServeAsync([action], (_, _) => Replies.ThrowAsync(thrown), cancellationToken: stage.Guard).ConfigureAwait(false);
            var caught = await Expect.FailsAsync(
                BrokerErrorCode.Internal, () => AskAsync(stage, client, action), $"a request whose worker threw {thrown.GetType().Name}").ConfigureAwait(false);
            Expect.That(!caught.ToString().Contains("the-secret", StringComparison.Ordinal), "the worker's text to stay with the worker");
        }
    }

    private static async Task PartialThenErrorAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var action = stage.Named("broken-off");
        await client.ServeAsync([action], (_, _) => Replies.StepsThenThrowAsync(2), cancellationToken: stage.Guard).ConfigureAwait(false);
        var seen = new List<int>();
        await Expect.FailsAsync(
            BrokerErrorCode.TooLarge,
            async () =>
            {
                await foreach (var reply in client.RequestStreamAsync(action, default, cancellationToken: stage.Guard).ConfigureAwait(false))
                {
                    seen.Add(ConformanceStage.Number(reply.Body));
                }
            },
            "an answer that broke off").ConfigureAwait(false);
        Expect.Sequence([1, 2], seen, "the events before the error");
    }

    private static async Task NoFinalAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var action = stage.Named("endless");
        await client.ServeAsync([action], (_, _) => Replies.StepsAsync(1), cancellationToken: stage.Guard).ConfigureAwait(false);
        await Expect.FailsAsync(BrokerErrorCode.Internal, () => AskAsync(stage, client, action), "an answer without a final event").ConfigureAwait(false);
    }

    private static async Task InvalidAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        foreach (var action in new[] { "", "a..b", "a.*", "a b" })
        {
            await Expect.FailsAsync(BrokerErrorCode.InvalidRequest, () => AskAsync(stage, client, action), $"a request for '{action}'").ConfigureAwait(false);
            await Expect.FailsAsync(
                BrokerErrorCode.InvalidRequest,
                () => client.ServeAsync([action], (_, _) => Replies.CountAsync(1), cancellationToken: stage.Guard).AsTask(),
                $"serving '{action}'").ConfigureAwait(false);
        }

        await Expect.FailsAsync(
            BrokerErrorCode.InvalidRequest,
            () => client.ServeAsync([BrokerActions.Publish], (_, _) => Replies.CountAsync(1), cancellationToken: stage.Guard).AsTask(),
            "serving an action of the broker itself").ConfigureAwait(false);
    }

    internal static async Task<List<BrokerReply>> AskAsync(
        ConformanceStage stage,
        IBrokerClient client,
        string action,
        int number = 0,
        RequestOptions? options = null,
        CancellationToken? cancellationToken = null)
    {
        var replies = new List<BrokerReply>();
        await foreach (var reply in client.RequestStreamAsync(action, ConformanceStage.Note(number), options, cancellationToken ?? stage.Guard).ConfigureAwait(false))
        {
            replies.Add(reply);
        }

        return replies;
    }
}
