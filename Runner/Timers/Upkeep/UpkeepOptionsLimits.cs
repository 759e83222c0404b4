using Contracts.Messaging;
using Microsoft.Extensions.Options;

namespace Runner.Timers.Upkeep;

/// <summary>Finished rows must outlive the log well: a create that is read again would make a purged timer anew (design rule 9).</summary>
internal sealed class UpkeepOptionsLimits(IServiceProvider services) : IValidateOptions<UpkeepOptions>
{
    public ValidateOptionsResult Validate(string? name, UpkeepOptions options)
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

        return limits is null || options.Retention >= 2 * limits.Retention
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{UpkeepOptions.Section}:Retention ({options.Retention}) must be at least twice as long as the log keeps messages "
                    + $"({limits.Retention}).");
    }
}
