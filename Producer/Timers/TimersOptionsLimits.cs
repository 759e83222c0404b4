using Contracts.Messaging;
using Microsoft.Extensions.Options;

namespace Producer.Timers;

/// <summary>A request must outlast the time that its message may take, or it would end before the outcome is known.</summary>
internal sealed class TimersOptionsLimits(IServiceProvider services) : IValidateOptions<TimersOptions>
{
    public ValidateOptionsResult Validate(string? name, TimersOptions options)
    {
        LogLimits? limits;
        try
        {
            // Resolved here, not injected: they depend on settings that may themselves be invalid.
            limits = services.GetService<LogLimits>();
        }
        catch (OptionsValidationException)
        {
            // That setting reports its own error.
            return ValidateOptionsResult.Success;
        }

        return limits is null || options.Deadline > limits.Delivery
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{TimersOptions.Section}:Deadline ({options.Deadline}) must be longer than the log's delivery time-out "
                    + $"({limits.Delivery}).");
    }
}
