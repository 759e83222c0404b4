using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Contracts.Common;
using Contracts.Messaging;
using Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Producer.Docs;
using Producer.Events;
using Producer.Http;
using Producer.Slices;

namespace Tests.Slices.Notes;

/// <summary>Notes over REST: two routes.</summary>
internal sealed class NotesProducer : ProducerSlice
{
    public override IJsonTypeInfoResolver Json => NotesJson.Default;

    public override ApiTexts Api { get; } = new Texts();

    public override void AddTo(EngineBuilder engines)
    {
        engines.AddNotes();
        engines.Services.AddSingleton<IEventTracker, Tracker>();
    }

    public override void Map(IEndpointRouteBuilder app, ServedRequests serves)
    {
        var notes = app.MapGroup("/api/v1/notes").WithTags("Notes");
        notes.MapPut("/{note}", WriteAsync).WithName("writeNote").WithSummary("Write a note").Produces(202).Produces(204);
        notes.MapGet("/{note}", ReadAsync).WithName("readNote").WithSummary("Read a note").Produces<NoteResource>().ProducesProblem(404);
    }

    private static async Task<IResult> WriteAsync(
        string note, HttpContext context, EventAcceptance<NoteWritten> write, EventAcceptance<NoteErased> erase,
        CancellationToken cancellationToken)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: cancellationToken);
        var text = body.RootElement.GetProperty("text").GetString();
        var wait = PreferWait.Apply(context);
        var accepted = text is null
            ? await erase.AcceptAsync(context.Tenant(), [new NoteErased(note)], message => message.Note, wait, cancellationToken)
            : await write.AcceptAsync(context.Tenant(), [new NoteWritten(note, text)], message => message.Note, wait, cancellationToken);
        context.Response.Headers["X-Tracking-Id"] = accepted[0].Tracking.ToString();
        return accepted[0].Rejected is { } rejected
            ? Problems.DeadLettered(rejected.Reason, rejected.DeadLetter)
            : TypedResults.StatusCode(accepted[0].IsApplied ? 204 : 202);
    }

    private static async Task<IResult> ReadAsync(string note, HttpContext context, INoteStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(context.Tenant(), note, cancellationToken) is { } text
            ? TypedResults.Json(new NoteResource(note, text), NotesJson.Default.NoteResource)
            : Problems.NotFound("There is no such note.", $"No note is called '{note}'.");

    private sealed class Tracker(INoteStore store) : IEventTracker
    {
        public string Topic => NoteMessages.Topic;

        public async Task<TrackedEvent?> FindAsync(TrackingId id, CancellationToken cancellationToken) =>
            await store.FindAsync(id.Tenant, id.Key, cancellationToken) is null ? null
                : new TrackedEvent(TrackedState.Applied, $"/api/v1/notes/{id.Key}");
    }

    private sealed class Texts : ApiTexts
    {
        public override string Answer(string operation, string status) => """{ "note": "a", "text": "b" }""";

        public override (string Description, OpenApiSchema Schema)? Parameter(string name) =>
            ("The note's name.", new OpenApiSchema { Type = JsonSchemaType.String });
    }
}
