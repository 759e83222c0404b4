using System.CommandLine;
using Client.Connections;
using Client.Sending;
using Client.Tailing;
using Infrastructure.Storage.Sqlite;

namespace Client.Slices;

/// <summary>A feature of the command line: its own commands, and what the general ones need to know of it.</summary>
internal abstract class ClientSlice
{
    /// <summary>How <c>timers check</c> verifies the slice's file in a data folder; null if it has none.</summary>
    public virtual SliceCheck? Check => null;

    /// <summary>How <c>timers send</c> and <c>timers generate</c> deal with its events; null if it has none.</summary>
    public virtual EventFeed? Feed => null;

    /// <summary>Its own commands.</summary>
    /// <param name="shell">Where they read from and write to.</param>
    public virtual IEnumerable<Command> CreateCommands(Shell shell) => [];

    /// <summary>Its part of <c>timers tail</c>; null if it has no live stream.</summary>
    /// <param name="tail">Makes the command.</param>
    public virtual Command? CreateTail(TailCommand tail) => null;
}
