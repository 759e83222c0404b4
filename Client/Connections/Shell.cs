namespace Client.Connections;

/// <summary>What a command reads from and writes to.</summary>
/// <param name="Output">What was asked for.</param>
/// <param name="Errors">What went wrong, progress and notices.</param>
internal sealed record Shell(TextWriter Output, TextWriter Errors)
{
    /// <summary>Opens the standard input.</summary>
    public Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

    /// <summary>An environment variable; null if it is not set or empty.</summary>
    public Func<string, string?> Variable { get; init; } =
        name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>Whether <see cref="Errors"/> is a terminal, where a line can be written over.</summary>
    public bool ShowsProgress { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The process's own.</summary>
    public static Shell OfProcess() => new(Console.Out, Console.Error) { ShowsProgress = !Console.IsErrorRedirected };
}
