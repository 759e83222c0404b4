using Contracts.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Infrastructure.Events;

/// <summary>Events and their ids must be remembered longer than the log can repeat them, or some would be counted again.</summary>
internal sealed class EventOptionsLimits<TOptions>(IServiceProvider services, string section) : IValidateOptions<TOptions>
    where TOptions : EventOptions
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
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

        return limits is null || options.ClaimRetention >= 2 * limits.Retention
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{section}:ClaimRetention ({options.ClaimRetention}) must be at least twice as long as the log keeps messages "
                    + $"({limits.Retention}).");
    }
}
