using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.Clusters;
using Tests.Support;

namespace Tests.ClusterSlices;

/// <summary>What tests of a slice on the shared cluster have in common.</summary>
public abstract class SliceClusterFixture : ClusterFixture
{
    protected override Task<Cluster> GetClusterAsync() => SharedCluster.Instance.GetAsync();

    /// <summary>Waits until an event is stored: the cluster serves then.</summary>
    protected Task ServesAsync(string path, object body) => Eventually.That(
        async () => (await PostAsync(path, body, "wait=5")).Status is HttpStatusCode.Created or HttpStatusCode.OK, MaxWait, "it serves");

    /// <summary>Does something while the store is down.</summary>
    protected async Task WithoutStoreAsync(Func<Task> actAsync)
    {
        Cluster.Mongo.Kill();
        try
        {
            await actAsync();
        }
        finally
        {
            Cluster.Mongo.Start();
            await Cluster.ReviveAsync();
        }
    }

    /// <summary>Waits until what was accepted has a state.</summary>
    protected Task BecomesAsync(string? tracking, string state) =>
        Eventually.That(async () => await StateOfAsync(tracking!) == state, MaxWait, $"it is {state}");

    protected async Task<string?> StateOfAsync(string tracking)
    {
        using var answer = await Http.GetAsync($"/api/v1/events/{tracking}");
        if (!answer.IsSuccessStatusCode)
        {
            return null;
        }

        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.GetProperty("state").GetString();
    }

    protected Task<(HttpStatusCode Status, string? Tracking, JsonElement Body)> PostAsync(
        string path, object body, string? prefer = null) => SendAsync(HttpMethod.Post, path, body, prefer);

    protected async Task<(HttpStatusCode Status, string? Tracking, JsonElement Body)> SendAsync(
        HttpMethod method, string path, object body, string? prefer = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("Authorization", "secret");
        if (prefer is not null)
        {
            request.Headers.TryAddWithoutValidation("Prefer", prefer);
        }

        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var tracking = answer.Headers.TryGetValues("X-Tracking-Id", out var values) ? values.Single() : null;
        return (answer.StatusCode, tracking, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }
}
