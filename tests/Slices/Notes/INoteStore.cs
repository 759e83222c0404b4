using Contracts.Messaging;

namespace Tests.Slices.Notes;

/// <summary>The stored notes.</summary>
internal interface INoteStore
{
    Task WriteAsync(IReadOnlyList<Received<NoteWritten>> notes, CancellationToken cancellationToken);

    Task EraseAsync(IReadOnlyList<Received<NoteErased>> notes, CancellationToken cancellationToken);

    Task<string?> FindAsync(string tenant, string note, CancellationToken cancellationToken);
}
