using System.Net.Http.Json;
using System.Text.Json;
using Client;
using Consumer;
using Infrastructure;
using Infrastructure.Hosting;
using Infrastructure.Storage.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Producer;
using Runner;
using Tests.Slices.Notes;
using Tests.Support;

namespace Tests.Slices;

/// <summary>A slice that lives only here and is added by one line a host has what every slice has.</summary>
public sealed class NotesSliceTests
{
    public const string Nonsense = "nonsense";
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Embedded_it_stores_durably_tracks_and_keeps_dead_letters()
    {
        using var folder = new TemporaryFolder();
        await using (var app = await StartAsync(ServiceRoles.All, $"--Storage:Path={folder.Path}"))
        {
            using var http = ClientOf(app);
            await ExerciseAsync(http);
            await DocumentedAsync(http);
            await MeasuredAsync(http);
            await app.StopAsync();
        }

        // What was answered is there after a restart, and positions go on.
        await using var again = await StartAsync(ServiceRoles.All, $"--Storage:Path={folder.Path}");
        using var later = ClientOf(again);
        Assert.That((await later.GetFromJsonAsync<JsonElement>("/api/v1/notes/b")).GetProperty("text").GetString(), Is.EqualTo("second"));
        await again.StopAsync();
    }

    [Test]
    public async Task On_a_cluster_it_has_the_same_for_nothing()
    {
        var mongo = MongoDatabase.In(Engine.Address("mongo"), $"notes_{Environment.ProcessId}");
        string[] settings =
        [
            $"--ConnectionStrings:Kafka={Engine.Address("kafka")}", $"--Kafka:TopicPrefix={KafkaHost.NewPrefix()}", "--Kafka:Partitions=4",
            $"--ConnectionStrings:MongoDb={mongo}",
        ];
        await using var consumer = await StartAsync(ServiceRoles.Consumer, settings);
        await using var producer = await StartAsync(ServiceRoles.Producer, settings);
        using var http = ClientOf(producer);
        await Eventually.That(async () => (await http.GetAsync("/health/ready")).IsSuccessStatusCode, MaxWait, "the engines are reached");
        await Eventually.That(async () => (int)(await http.GetAsync("/api/v1/notes/none")).StatusCode == 404, MaxWait, "the store answers");
        await WarmAsync(http);

        await ExerciseAsync(http);
        await DocumentedAsync(http);
        using var consuming = ClientOf(consumer);
        await MeasuredAsync(consuming);
        await producer.StopAsync();
        await consumer.StopAsync();
    }

    [Test]
    public void The_command_line_checks_its_file()
    {
        using var folder = new TemporaryFolder();
        using (var file = new SqliteConnection(folder.File($"{NoteMessages.Topic}.db"), readOnly: false))
        {
            SqliteNoteStore.Schema(file);
            file.Execute("INSERT INTO notes VALUES ('default', 'a', '')");
        }

        using var output = new StringWriter();
        var code = CheckCommand.Create([.. ClientSlices.All, new NotesClient()], output, TextWriter.Null).Parse([folder.Path]).Invoke();

        Assert.That(code, Is.EqualTo(1));
        Assert.That(output.ToString(), Does.Contain("notes.db: DAMAGED").And.Contain("The note 'a' is empty."));
    }

    /// <summary>A group's first rebalance takes a while, and what a client waits for is bounded.</summary>
    private static Task WarmAsync(HttpClient http) => Eventually.That(
        async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/notes/warm")
            { Content = JsonContent.Create(new { text = "x" }) };
            request.Headers.Add("Prefer", "wait=1");
            using var answer = await http.SendAsync(request);
            return (int)answer.StatusCode == 204;
        },
        TimeSpan.FromSeconds(60),
        "the Consumer applies notes");

    private static async Task ExerciseAsync(HttpClient http)
    {
        var first = await WriteAsync(http, "a", "first");
        await AppliedAsync(http, first, "applied");
        await WriteAsync(http, "a", null);
        await Eventually.That(
            async () => (int)(await http.GetAsync("/api/v1/notes/a")).StatusCode == 404, MaxWait, "it is erased, in order");
        await AppliedAsync(http, await WriteAsync(http, "b", "second"), "applied");

        var rejected = await WriteAsync(http, "c", Nonsense, status: 500);
        await AppliedAsync(http, rejected, "rejected");
        var letters = await http.GetFromJsonAsync<JsonElement>("/api/v1/dead-letters?topic=notes");
        var letter = letters.GetProperty("items").EnumerateArray().Single();
        Assert.That(letter.GetProperty("reason").GetString(), Is.EqualTo("It is nonsense."));

        var path = $"/api/v1/dead-letters/{letter.GetProperty("id").GetString()}";
        var edited = await http.PatchAsJsonAsync(path, new { content = new { note = "c", text = "sense" } });
        Assert.That((int)edited.StatusCode, Is.EqualTo(200), await edited.Content.ReadAsStringAsync());
        var replayed = await http.PostAsync(path + "/replay", null);
        Assert.That((int)replayed.StatusCode, Is.AnyOf(200, 202), await replayed.Content.ReadAsStringAsync());
        await Eventually.That(
            async () => (int)(await http.GetAsync("/api/v1/notes/c")).StatusCode == 200, MaxWait, "it is applied after all");
        await AppliedAsync(http, rejected, "applied");
    }

    private static async Task DocumentedAsync(HttpClient http)
    {
        var document = await http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var operation = document.GetProperty("paths").GetProperty("/api/v1/notes/{note}").GetProperty("get");
        Assert.That(operation.GetProperty("operationId").GetString(), Is.EqualTo("readNote"));
        Assert.That(operation.GetProperty("parameters")[0].GetProperty("description").GetString(), Is.EqualTo("The note's name."));
    }

    private static async Task MeasuredAsync(HttpClient http)
    {
        var metrics = await http.GetStringAsync("/metrics");
        Assert.That(metrics, Does.Contain("timers_consumed_total{topic=\"notes\"}"));
        Assert.That(metrics, Does.Match("timers_deadlettered_total\\{[^}]*topic=\"notes\""));
    }

    /// <summary>Waits until it is applied, or is known not to be.</summary>
    private static async Task<string> WriteAsync(HttpClient http, string note, string? text, int status = 204)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/notes/{note}") { Content = JsonContent.Create(new { text }) };
        request.Headers.Add("Prefer", "wait=10");
        using var answer = await http.SendAsync(request);
        Assert.That((int)answer.StatusCode, Is.EqualTo(status), await answer.Content.ReadAsStringAsync());
        return answer.Headers.GetValues("X-Tracking-Id").Single();
    }

    private static async Task AppliedAsync(HttpClient http, string trackingId, string state)
    {
        var answer = await http.GetFromJsonAsync<JsonElement>($"/api/v1/events/{trackingId}");
        Assert.That(answer.GetProperty("state").GetString(), Is.EqualTo(state), answer.ToString());
    }

    /// <summary>Services as the programs start them, each with one line more.</summary>
    private static async Task<WebApplication> StartAsync(ServiceRoles roles, params string[] settings)
    {
        var builder = ServiceHost.CreateBuilder("test", ["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning", .. settings]);
        var engines = builder.AddEngines(roles);
        if (engines.Has(ServiceRoles.Producer))
        {
            engines.AddProducer([.. ProducerSlices.All, new NotesProducer()]);
        }

        if (engines.Has(ServiceRoles.Consumer))
        {
            engines.AddConsumer([.. ConsumerSlices.All, new NotesConsumer()]);
        }

        if (engines.Has(ServiceRoles.Runner))
        {
            engines.AddRunner(RunnerSlices.All);
        }

        var app = builder.Build();
        ServiceHost.UseGate(app);
        if (engines.Has(ServiceRoles.Producer))
        {
            app.MapProducer();
        }

        app.MapHealth();
        app.MapMetrics();
        await app.StartAsync();
        return app;
    }

    private static HttpClient ClientOf(WebApplication app) =>
        new()
        {
            BaseAddress = new Uri(app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single())
        };
}
