namespace Infrastructure.Hosting;

/// <summary>The program cannot start as it is configured; the message says what to change and is all that is shown.</summary>
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
