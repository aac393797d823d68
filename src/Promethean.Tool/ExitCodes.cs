using Promethean.Broker;

namespace Promethean.Tool;

/// <summary>What the command ends with; scripts may rely on them.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>It failed, in a way that no other code names.</summary>
    public const int Failed = 1;

    /// <summary>What was typed or piped in is wrong; nothing is gained by trying again.</summary>
    public const int Usage = 2;

    /// <summary>No worker serves the action.</summary>
    public const int NoResponders = 3;

    /// <summary>No answer in time.</summary>
    public const int Timeout = 4;

    /// <summary>The broker or the worker has too much to do.</summary>
    public const int Overloaded = 5;

    /// <summary>No token, a wrong one, or one that does not cover this.</summary>
    public const int Unauthorized = 6;

    /// <summary>No connection to the broker.</summary>
    public const int Unreachable = 7;

    /// <summary>The help that tells of them.</summary>
    public const string Help =
        "Exit codes: 0 done, 1 failed, 2 wrong usage or input, 3 no worker serves the action, 4 timeout, 5 overloaded, "
        + "6 token not accepted, 7 broker not reached, 130 and 143 interrupted.";

    /// <summary>The exit code of a wire's error code.</summary>
    public static int Of(BrokerErrorCode code) => code switch
    {
        BrokerErrorCode.InvalidRequest => Usage,
        BrokerErrorCode.NoResponders => NoResponders,
        BrokerErrorCode.Timeout => Timeout,
        BrokerErrorCode.Overloaded => Overloaded,
        BrokerErrorCode.Unauthorized or BrokerErrorCode.Forbidden => Unauthorized,
        _ => Failed,
    };
}
