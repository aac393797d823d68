using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>One command of the wire. Stateless; safe for any number of threads.</summary>
internal interface ICommand
{
    /// <summary>The names it answers to, the first being the usual one.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The fields it understands, besides its name and those that every command may carry; all others are refused.</summary>
    IReadOnlyList<string> Fields { get; }

    /// <summary>Whether, on a server that has users, only they may run it; all but the handshake.</summary>
    bool RequiresAuthentication => true;

    /// <summary>Whether it reads further fields by itself, whose names only it knows.</summary>
    bool TakesFurtherFields => false;

    /// <summary>Carries the command out.</summary>
    /// <exception cref="Errors.MongoCommandFailedException">The command is refused; the client gets the code and the message.</exception>
    ValueTask<CommandReply> RunAsync(CommandContext context);
}
