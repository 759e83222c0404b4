using System.Net.Http.Json;
using System.Text.Json;

namespace Tests.Support;

/// <summary>Calls that many tests make.</summary>
public static class StandaloneCalls
{
    public static async Task<string> CreateAsync(this HttpClient http, object timer)
    {
        using var answer = await http.PostAsJsonAsync("/api/v1/timers", timer);
        Assert.That((int)answer.StatusCode, Is.EqualTo(201), await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    public static Task<JsonElement> TimerAsync(this HttpClient http, string id) =>
        http.GetFromJsonAsync<JsonElement>($"/api/v1/timers/{id}");

    public static async Task<string> StateAsync(this HttpClient http, string id) =>
        (await http.TimerAsync(id)).GetProperty("state").GetString()!;

    /// <summary>How many timers are in one state.</summary>
    public static async Task<long> CountAsync(this HttpClient http, string state) =>
        (await http.GetFromJsonAsync<JsonElement>("/api/v1/timers/stats")).GetProperty("states").GetProperty(state).GetInt64();

    public static Task AllFinishedAsync(this HttpClient http, long succeeded) => Eventually.That(
        async () => await http.CountAsync("succeeded") == succeeded, TimeSpan.FromSeconds(60), $"{succeeded} timers have succeeded");
}
