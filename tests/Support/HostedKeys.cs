using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Access;

namespace Tests.Support;

/// <summary>The real application with keys.</summary>
public static class HostedKeys
{
    /// <summary>An application that needs keys, and a client that has one for an administrator.</summary>
    public static HttpClient CreateOperator(this HostedStandalone app)
    {
        var http = app.CreateClient();
        http.DefaultRequestHeaders.Add("X-Api-Key", First.Text);
        return http;
    }

    /// <summary>A client with a key of its own.</summary>
    public static async Task<(HttpClient Http, string Id, string Text)> CreateKeyAsync(
        this HostedStandalone app, HttpClient admin, object request)
    {
        using var answer = await admin.PostAsJsonAsync("/api/v1/keys", request);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.That((int)answer.StatusCode, Is.EqualTo(201), json.GetRawText());
        var http = app.CreateClient();
        var text = json.GetProperty("key").GetString()!;
        http.DefaultRequestHeaders.Add("X-Api-Key", text);
        return (http, json.GetProperty("id").GetString()!, text);
    }

    /// <summary>The key that <see cref="HostedStandalone.WithKeys"/> begins with.</summary>
    public static KeyText First { get; } = KeyText.Create();
}
