using Contracts.Messaging;
using Microsoft.Extensions.Options;

namespace Producer.Timers;

/// <summary>A request must outlast the time that its message may take, or it would end before anybody knows what became of it.</summary>
internal sealed class TimersOptionsLimits(IServiceProvider services) : IValidateOptions<TimersOptions>
{
    public ValidateOptionsResult Validate(string? name, TimersOptions options)
    {
        LogLimits? limits;
        try
        {
            // Asked for here and not injected: they rest on settings that may be wrong themselves.
            limits = services.GetService<LogLimits>();
        }
        catch (OptionsValidationException)
        {
            // Which is told for itself.
            return ValidateOptionsResult.Success;
        }

        return limits is null || options.Deadline > limits.Delivery
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{TimersOptions.Section}:Deadline ({options.Deadline}) must be longer than the log's delivery time-out "
                    + $"({limits.Delivery}).");
    }
}
