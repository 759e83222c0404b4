using Infrastructure.Storage.Sqlite;

namespace Client.Slices;

/// <summary>A feature of the command line: what the commands need to know of its data.</summary>
internal abstract class ClientSlice
{
    /// <summary>How <c>timers check</c> verifies the slice's file in a data folder.</summary>
    public abstract SliceCheck Check { get; }
}
