using Contracts.Messaging;
using Microsoft.Extensions.Options;

namespace Runner.Upkeep;

/// <summary>Finished rows must outlive the log well: a create that is read again would make a purged timer anew (design rule 9).</summary>
internal sealed class UpkeepOptionsLimits(LogLimits? limits = null) : IValidateOptions<UpkeepOptions>
{
    public ValidateOptionsResult Validate(string? name, UpkeepOptions options) =>
        limits is null || options.Retention >= 2 * limits.Retention
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{UpkeepOptions.Section}:Retention ({options.Retention}) must be at least twice as long as the log keeps messages ({limits.Retention}).");
}
