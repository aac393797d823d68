using System.Collections.Frozen;
using Promethean.Mongo.Embedded.FailPoints;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>Every command this server knows.</summary>
internal static class CommandTable
{
    /// <summary>The commands, each once.</summary>
    public static IReadOnlyList<ICommand> All { get; } =
    [
        new HelloCommand(),
        new PingCommand(),
        new BuildInfoCommand(),
        new StartSessionCommand(),
        new RefreshSessionsCommand(),
        new EndSessionsCommand(),
        new KillSessionsCommand(),
        new KillAllSessionsCommand(),
        new CommitTransactionCommand(),
        new AbortTransactionCommand(),
        new InsertCommand(),
        new UpdateCommand(),
        new DeleteCommand(),
        new FindAndModifyCommand(),
        new BulkWriteCommand(),
        new FindCommand(),
        new GetMoreCommand(),
        new KillCursorsCommand(),
        new AggregateCommand(),
        new CountCommand(),
        new DistinctCommand(),
        new ExplainCommand(),
        new CreateCommand(),
        new CollModCommand(),
        new DropCommand(),
        new DropDatabaseCommand(),
        new RenameCollectionCommand(),
        new ListCollectionsCommand(),
        new ListDatabasesCommand(),
        new CreateIndexesCommand(),
        new DropIndexesCommand(),
        new ListIndexesCommand(),
        new ServerStatusCommand(),
        new HostInfoCommand(),
        new GetParameterCommand(),
        new GetCmdLineOptsCommand(),
        new GetLogCommand(),
        new ConnectionStatusCommand(),
        new CollStatsCommand(),
        new DbStatsCommand(),
        new ValidateCommand(),
        new CurrentOpCommand(),
        new KillOpCommand(),
        new ConfigureFailPointCommand(),
    ];

    private static readonly FrozenDictionary<string, ICommand> ByName =
        All.SelectMany(command => command.Names, (command, name) => KeyValuePair.Create(name, command)).ToFrozenDictionary(StringComparer.Ordinal);

    public static ICommand? Find(string name) => ByName.GetValueOrDefault(name);
}
