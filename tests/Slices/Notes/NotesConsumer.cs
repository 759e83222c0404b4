using Contracts.Messaging;
using Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Tests.Slices.Notes;

/// <summary>Notes in the Consumer.</summary>
internal sealed class NotesConsumer : Slice
{
    public override void AddTo(EngineBuilder engines)
    {
        engines.AddNotes();
        engines.Services.AddSingleton<IBatchHandler<NoteWritten>, WriteNotes>();
        engines.Services.AddSingleton<IBatchHandler<NoteErased>, EraseNotes>();
    }

    private sealed class WriteNotes(INoteStore store) : IBatchHandler<NoteWritten>
    {
        public Task HandleAsync(IReadOnlyList<Received<NoteWritten>> messages, CancellationToken cancellationToken) =>
            messages.Any(each => each.Message.Text == NotesSliceTests.Nonsense)
                ? throw new MessageRejectedException("It is nonsense.")
                : store.WriteAsync(messages, cancellationToken);
    }

    private sealed class EraseNotes(INoteStore store) : IBatchHandler<NoteErased>
    {
        public Task HandleAsync(IReadOnlyList<Received<NoteErased>> messages, CancellationToken cancellationToken) =>
            store.EraseAsync(messages, cancellationToken);
    }
}
