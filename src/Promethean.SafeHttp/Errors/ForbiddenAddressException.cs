using System.Text;

namespace Promethean.SafeHttp;

/// <summary>A host leads only to addresses that must not be connected to.</summary>
public sealed class ForbiddenAddressException : SafeHttpException
{
    internal ForbiddenAddressException(string host, int port, IReadOnlyList<AddressRefusal> refusals)
        : base(Describe(host, port, refusals))
    {
        Host = host;
        Port = port;
        Refusals = refusals;
    }

    /// <summary>The host of the request.</summary>
    public string Host { get; }

    /// <summary>The port of the request.</summary>
    public int Port { get; }

    /// <summary>Every address the host resolved to, and why each was refused; never empty.</summary>
    public IReadOnlyList<AddressRefusal> Refusals { get; }

    private static string Describe(string host, int port, IReadOnlyList<AddressRefusal> refusals)
    {
        var text = new StringBuilder($"Refused to connect to {host}:{port}");
        var separator = ": ";
        foreach (var refusal in refusals)
        {
            text.Append(separator).Append(refusal.Address).Append(" is refused because ").Append(refusal.Reason);
            separator = "; ";
        }
        text.Append('.');
        if (refusals.FirstOrDefault(refusal => refusal.AllowedBy is not null) is { AllowedBy: { } setting })
            text.Append(" What would allow it: ").Append(nameof(SafeHttpOptions)).Append('.').Append(setting).Append('.');
        return text.ToString();
    }
}
