using Microsoft.Extensions.Options;

namespace Runner.Timers.Profiles;

/// <summary>A file that cannot be used stops the start, with all that is wrong.</summary>
internal sealed class ReceiverOptionsValidator : IValidateOptions<ReceiverOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, ReceiverOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.File))
        {
            return ValidateOptionsResult.Success;
        }

        var receivers = ReceiverFile.Read(options.File, out var wrong);
        List<string> faults =
        [
            .. wrong, .. receivers.Select(each => (each.Destination, Fault: ReceiverFiles.FindFault(each)))
                .Where(each => each.Fault is not null).Select(each => $"{each.Destination.Text}: {each.Fault}"),
        ];
        return faults.Count == 0 ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(faults.Select(fault => $"{ReceiverOptions.Section}:File ({options.File}): {fault}"));
    }
}
