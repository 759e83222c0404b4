using Contracts.Messaging;
using Microsoft.Extensions.Options;

namespace Producer.Timers;

/// <summary>A request must outlast the time that its message may take, or it would end before anybody knows what became of it.</summary>
internal sealed class TimersOptionsLimits(LogLimits? limits = null) : IValidateOptions<TimersOptions>
{
    public ValidateOptionsResult Validate(string? name, TimersOptions options) =>
        limits is null || options.Deadline > limits.Delivery
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{TimersOptions.Section}:Deadline ({options.Deadline}) must be longer than the log's delivery time-out ({limits.Delivery}).");
}
