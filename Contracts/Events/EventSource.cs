using System.Runtime.InteropServices;
using Contracts.Messaging;

namespace Contracts.Events;

/// <summary>Where an event came from: effects are counted once for each source.</summary>
/// <param name="Position">The first position of the message that carried it.</param>
/// <param name="Index">Its place in that message, from 0.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct EventSource(LogPosition Position, int Index);
