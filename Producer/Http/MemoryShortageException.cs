namespace Producer.Http;

/// <summary>Other requests hold so many bytes that this one cannot be served at the moment; nothing of it took effect.</summary>
internal sealed class MemoryShortageException() : Exception("Other requests take all the memory that requests may have.");
