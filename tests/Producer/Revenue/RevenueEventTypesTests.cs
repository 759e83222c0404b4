using System.Diagnostics;
using System.Text.Json;

namespace Tests.Producer.Revenue;

/// <summary>/api/v1/revenue/event-types: names of events with their signs and schemas.</summary>
public sealed class RevenueEventTypesTests : RestTests
{
    private const string Types = "/api/v1/revenue/event-types";

    [Test]
    public async Task A_name_is_registered_used_at_once_replaced_and_forgotten()
    {
        var before = await EventAsync("tip", 1);
        before.AssertWrong("name");

        var created = await PutAsync("tip", """{"sign":"add","schema":{"required":["currency"],"properties":{"value":{"minimum":1}}}}""");
        Assert.That((created.Status, created["name"], created["sign"]), Is.EqualTo((201, "tip", "add")), created.Text);
        var read = await GetAsync(created.Headers.Location!.ToString());
        Assert.That(read.Json.GetProperty("schema").GetProperty("required")[0].GetString(), Is.EqualTo("currency"));
        Assert.That((await EventAsync("tip", 5)).Status, Is.EqualTo(201));
        (await EventAsync("tip", 0.5)).AssertWrong("value");

        var replaced = await PutAsync("tip", """{"sign":"subtract"}""");
        Assert.That((replaced.Status, replaced.Json.TryGetProperty("schema", out _)), Is.EqualTo((200, false)));
        Assert.That((await EventAsync("tip", 0.5)).Status, Is.EqualTo(201));
        Assert.That((await GetAsync("/api/v1/revenue/users/typed")).Json.GetProperty("balances")[0].GetProperty("total").GetString(),
            Is.EqualTo("4.5"));

        Assert.That((await DeleteAsync($"{Types}/tip")).Status, Is.EqualTo(204));
        (await DeleteAsync($"{Types}/tip")).AssertProblem(404);
        (await GetAsync($"{Types}/tip")).AssertProblem(404);
        (await EventAsync("tip", 1)).AssertWrong("name");
    }

    [Test]
    public async Task All_names_are_listed_built_in_ones_first()
    {
        await PutAsync("b/c", """{"sign":"add"}""");

        var names = (await GetAsync(Types)).Json.GetProperty("items").EnumerateArray()
            .Select(each => $"{each.GetProperty("name")} {each.GetProperty("sign")}").ToList();

        Assert.That(names.Take(2), Is.EqualTo(new[] { "add_revenue add", "subtract_revenue subtract" }));
        Assert.That(names, Does.Contain("b/c add"));
        Assert.That((await GetAsync($"{Types}/b%2Fc"))["name"], Is.EqualTo("b/c"));
    }

    [TestCase("add_revenue", """{"sign":"subtract"}""", "name")]
    [TestCase("x", "{}", "sign")]
    [TestCase("x", """{"sign":"plus"}""", "sign")]
    [TestCase("x", """{"sign":5}""", "sign")]
    [TestCase("x", """{"sign":"add","more":1}""", "more")]
    [TestCase("x", """{"sign":"add","schema":7}""", "schema")]
    [TestCase("x", """{"sign":"add","schema":[]}""", "schema")]
    [TestCase("x", """{"sign":"add","schema":true}""", "schema")]
    [TestCase("x", """{"sign":"add","schema":{"type":7}}""", "schema")]
    [TestCase("x", """{"sign":"add","schema":{"minLength":-1}}""", "schema")]
    [TestCase("x", """{"sign":"add","schema":{"pattern":"("}}""", "schema")]
    [TestCase("x", """{"sign":"add","schema":{"pattern":7}}""", "schema")]
    [TestCase("x", """{"sign":"add","schema":{"pattern":"(a)\\1"}}""", "schema", Description = "It cannot be matched in linear time.")]
    [TestCase("x", """{"sign":"add","schema":{"$ref":"#"}}""", "schema", Description = "It has no end.")]
    [TestCase("x", """{"sign":"add","schema":{"allOf":[{"$ref":"http://127.0.0.1:2/schema"}]}}""", "schema")]
    [TestCase("x", """{"sign":"add","schema":{"$dynamicRef":"#x"}}""", "schema")]
    [TestCase("x", """{"sign":"add","schema":{"patternProperties":{"^(a+)+$":true}}}""", "schema")]
    [TestCase("x", """{"sign":"add","schema":{"$schema":"http://json-schema.org/draft-07/schema#"}}""", "schema")]
    [TestCase("x", """{"sign":"add","schema":{"not":{"$schema":"http://json-schema.org/draft-07/schema#"}}}""", "schema")]
    [TestCase("x", "{", "$")]
    [TestCase("x", "[]", "$")]
    public async Task What_cannot_be_registered_is_400(string name, string body, string field) =>
        (await PutAsync(name, body)).AssertWrong(field);

    [Test]
    public async Task Large_and_deep_schemas_and_other_types_are_refused()
    {
        (await PutAsync("x", $$$"""{"sign":"add","schema":{"title":"{{{new string('x', 17_000)}}}"}}""")).AssertWrong("schema");
        var deep = string.Concat(Enumerable.Repeat("""{"not":""", 40)) + "{}" + new string('}', 40);
        (await PutAsync("x", $$"""{"sign":"add","schema":{{deep}}}""")).AssertWrong("schema");
        (await SendAsync(HttpMethod.Put, $"{Types}/x", Content("{}", "text/plain"))).AssertProblem(415);
        (await PutAsync("x", $$"""{"sign":"{{new string('x', 70_000)}}"}""")).AssertProblem(413);
    }

    [Test]
    public async Task A_pattern_that_would_backtrack_for_years_takes_no_time()
    {
        await PutAsync("slow", """
            {"sign":"add","schema":{"$schema":"https://json-schema.org/draft/2020-12/schema",
             "properties":{"eventId":{"pattern":"^(a+)+$"}}}}
            """);
        var watch = Stopwatch.StartNew();

        var answer = await PostAsync("/api/v1/revenue/events", new
        {
            user = "typed",
            name = "slow",
            value = 1,
            eventId = new string('a', 200) + "!",
        });

        answer.AssertWrong("eventId");
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
    }

    [Test]
    public async Task Schemas_see_exact_amounts_and_the_event_as_it_is_accepted()
    {
        await PutAsync("cents", """
            {"sign":"add","schema":{"additionalProperties":false,"required":["user","name","value","currency"],
             "properties":{"user":{"type":"string"},"name":{"const":"cents"},"value":{"type":"number","multipleOf":0.01},
              "currency":{"enum":["USD","EUR"]}}}}
            """);

        Assert.That((await EventAsync("cents", "\"1.10\"")).Status, Is.EqualTo(201));
        Assert.That((await EventAsync("cents", 0.29)).Status, Is.EqualTo(201), "a binary float is no multiple of another");
        (await EventAsync("cents", "1.005")).AssertWrong("value");
    }

    private Task<Answer> PutAsync(string name, string body) =>
        SendAsync(HttpMethod.Put, $"{Types}/{Uri.EscapeDataString(name)}", Content(body));

    private Task<Answer> EventAsync(string name, object value) => PostAsync(
        "/api/v1/revenue/events",
        $$"""{"user":"typed","name":"{{name}}","value":{{(value is string text ? text : JsonSerializer.Serialize(value))}}}""");
}
