using System.CommandLine;
using Client.Connections;
using Client.Printing;

namespace Client.Sending;

/// <summary><c>timers generate</c>: writes test events as JSON Lines.</summary>
internal static class GenerateCommand
{
    private const int DefaultCount = 1_000;

    /// <summary>Creates the command.</summary>
    /// <param name="feeds">What can be made.</param>
    /// <param name="shell">Where it writes to.</param>
    public static Command Create(IReadOnlyList<EventFeed> feeds, Shell shell)
    {
        var slice = SliceArgument(feeds);
        var count = Inputs.Whole("--count", $"How many. Default: {DefaultCount}.", 1, 100_000_000);
        var seed = Inputs.Whole("--seed", "Of the random numbers. Default: 1.", int.MinValue, int.MaxValue);
        var until = Inputs.Instant("--until", "When the last one happened. Default: now.");
        var step = Inputs.Duration("--step", "Time between two of them. Default: 1s.");
        var command = new Command(
            "generate", "Writes test events as JSON Lines, for send. The same seed and --until make the same events with the same ids.")
        {
            slice, count, seed, until, step,
        };
        command.SetAction((parsed, cancellationToken) => ServiceCommand.GuardAsync(shell, async () =>
        {
            var now = shell.Time.GetUtcNow();
            var generation = new Generation(
                parsed.GetValue(count) ?? DefaultCount,
                parsed.GetValue(seed) ?? 1,
                parsed.GetValue(until) ?? now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)),
                parsed.GetValue(step) ?? TimeSpan.FromSeconds(1));
            foreach (var line in feeds.Single(feed => feed.Name == parsed.GetValue(slice)).Generate(generation))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await shell.Output.WriteAsync($"{line}\n".AsMemory(), cancellationToken);
            }

            await shell.Output.FlushAsync(cancellationToken);
            return ExitCodes.Done;
        }, cancellationToken));
        return command;
    }

    /// <summary>Names one of the slices.</summary>
    public static Argument<string> SliceArgument(IReadOnlyList<EventFeed> feeds)
    {
        var slice = new Argument<string>("slice") { Description = string.Join(", ", feeds.Select(feed => feed.Name)) };
        slice.AcceptOnlyFromAmong([.. feeds.Select(feed => feed.Name)]);
        return slice;
    }
}
