using Contracts.Messaging;
using Microsoft.Extensions.Options;

namespace Runner.Timers.Upkeep;

/// <summary>Finished rows must be kept longer than the log: a create that is read again would recreate a purged timer.</summary>
internal sealed class UpkeepOptionsLimits(IServiceProvider services) : IValidateOptions<UpkeepOptions>
{
    public ValidateOptionsResult Validate(string? name, UpkeepOptions options)
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

        return limits is null || options.Retention >= 2 * limits.Retention
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{UpkeepOptions.Section}:Retention ({options.Retention}) must be at least twice as long as the log keeps messages "
                    + $"({limits.Retention}).");
    }
}
