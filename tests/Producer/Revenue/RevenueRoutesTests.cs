namespace Tests.Producer.Revenue;

/// <summary>Ledgers, users, export and erasure over REST.</summary>
public sealed class RevenueRoutesTests : RevenueTestBase
{
    [Test]
    public async Task A_ledger_is_read_in_pages_in_both_directions()
    {
        var user = NewUser();
        await PostAsync(Route, Enumerable.Range(0, 7).Select(i => new
        {
            user,
            name = "add_revenue",
            value = i,
            timestamp = 1_672_531_200 + (i / 2),
            eventId = $"e{i}",
        }));
        foreach (var order in new[] { "asc", "desc" })
        {
            var read = new List<string>();
            var path = $"{Revenue}/users/{Escape(user)}/events?limit=3&order={order}";
            for (var next = path; next is not null;)
            {
                var page = await GetAsync(next);
                read.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(each => each.GetProperty("eventId").GetString()!));
                next = page.Json.TryGetProperty("next", out var cursor) ? $"{path}&cursor={cursor}" : null;
            }

            Assert.That(read, Is.Unique.And.Count.EqualTo(7));
            Assert.That(read[order == "asc" ? 6 : 0], Is.EqualTo("e6"));
        }

        var part = await GetAsync($"{Revenue}/users/{Escape(user)}/events?from=1672531201&to=1672531202");
        Assert.That(part.Json.GetProperty("items").GetArrayLength(), Is.EqualTo(2));
        (await GetAsync($"{Revenue}/users/{Escape(user)}/events?cursor=00")).AssertWrong("cursor");
    }

    [Test]
    public async Task Users_are_listed_in_pages()
    {
        var prefix = NewUser();
        await PostAsync(Route, Enumerable.Range(0, 5).Select(i => new { user = $"{prefix}-{i}", name = "add_revenue", value = 1 }));
        var ids = new List<string>();
        for (var next = $"{Revenue}/users?limit=2"; next is not null;)
        {
            var page = await GetAsync(next);
            ids.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(each => each.GetProperty("id").GetString()!));
            next = page.Json.TryGetProperty("next", out var cursor) ? $"{Revenue}/users?limit=2&cursor={cursor}" : null;
        }

        Assert.That(ids, Is.Unique.And.SupersetOf(Enumerable.Range(0, 5).Select(i => $"{prefix}-{i}")));
    }

    [Test]
    public async Task An_export_has_all_that_was_sent_as_lines_and_as_csv()
    {
        var user = NewUser();
        await PostAsync(Route, new
        {
            user,
            name = "subtract_revenue",
            value = 1.5,
            currency = "EUR",
            timestamp = "2023-01-01T00:00:00.1234567Z",
            eventId = "=1+1",
        });

        var line = (await ExportAsync(user)).Single();
        var csv = await GetAsync($"{Revenue}/export?user={Escape(user)}&format=csv");

        Assert.That(line.GetProperty("timestamp").GetString(), Is.EqualTo("2023-01-01T00:00:00.1234567Z"));
        Assert.That(line.GetProperty("amount").GetString(), Is.EqualTo("-1.5"));
        Assert.That(csv.Text.Split("\r\n")[0], Is.EqualTo(
            "user,timestamp,eventId,name,amount,currency,original,reason,receivedAt,address"));
        Assert.That(csv.Text, Does.Contain(",'=1+1,subtract_revenue,-1.5,EUR,,,"));
        Assert.That(await GetAsync($"{Revenue}/export?format=csv").ContinueWith(all => all.Result.Text), Does.Contain($"{user},"));
        (await GetAsync($"{Revenue}/export?format=xml")).AssertWrong("format");
        (await GetAsync($"{Revenue}/export?from=x")).AssertWrong("from");
    }

    [Test]
    public async Task An_erased_user_is_gone_and_begins_anew()
    {
        var (user, other) = (NewUser(), NewUser());
        object[] events =
        [
            new { user, name = "add_revenue", value = 5, currency = "XAU", timestamp = "2023-05-05T00:00:00Z", eventId = "1" },
            new { user = other, name = "add_revenue", value = 7, currency = "XAU", timestamp = "2023-05-05T00:00:00Z", eventId = "1" },
        ];
        await PostAsync(Route, events);
        Assert.That(await GoldAsync(), Is.EqualTo("12"));

        var erased = await DeleteAsync($"{Revenue}/users/{Escape(user)}");

        Assert.That(erased.Status, Is.EqualTo(204));
        var tracked = await GetAsync($"/api/v1/events/{erased.Headers.GetValues("X-Tracking-Id").Single()}");
        Assert.That(tracked["state"], Is.EqualTo("applied"));
        (await GetAsync($"{Revenue}/users/{Escape(user)}")).AssertProblem(404);
        Assert.That(await ExportAsync(user), Is.Empty);
        Assert.That(await GoldAsync(), Is.EqualTo("7"));
        Assert.That((await PostAsync(Route, events[0])).Status, Is.EqualTo(201), "later events begin anew");
        Assert.That(await GoldAsync(), Is.EqualTo("12"));

        async Task<string> GoldAsync() => (await GetAsync($"{Revenue}/stats?from=2023-05-01&to=2023-06-01&currency=XAU"))
            .Json.GetProperty("totals")[0].GetProperty("revenue").GetString()!;
    }
}
