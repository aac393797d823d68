using Microsoft.Extensions.Options;

namespace Promethean.Broker;

/// <summary>Lets a host that asks for a broker which is not there fail at its start, and not at the first message.</summary>
internal sealed class BrokerImplementationValidator(BrokerImplementations implementations) : IValidateOptions<BrokerOptions>
{
    public ValidateOptionsResult Validate(string? name, BrokerOptions options)
    {
        try
        {
            implementations.Choose(options.Implementation);
            return ValidateOptionsResult.Success;
        }
        catch (BrokerException e)
        {
            return ValidateOptionsResult.Fail(e.Message);
        }
    }
}
