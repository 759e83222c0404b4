namespace Client.Connections;

/// <summary>The command line, a file or a profile cannot be used; the message says what to do.</summary>
internal sealed class UsageException(string message, Exception? cause = null) : Exception(message, cause);
