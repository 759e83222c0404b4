using System.Text;

namespace Tests.Producer;

/// <summary>Whatever a client sends, it is told what is wrong: 4xx, the field named, never a defect's trace.</summary>
public sealed class BadInputTests : RestTests
{
    private const string Half = "\\ud800";

    /// <summary>Fields of a request that is good but for them, and the field that the answer must name.</summary>
    private static IEnumerable<TestCaseData> WrongFields()
    {
        foreach (var (field, values) in WrongValues.Of)
        {
            foreach (var (value, named) in values)
            {
                yield return new TestCaseData(field, value, named).SetArgDisplayNames(
                    field, value.Length > 60 ? value[..60] + "…" : value, named);
            }
        }
    }

    private static IEnumerable<TestCaseData> WrongBodies()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100));
        (string Name, string Body, string Field)[] bodies =
        [
            ("empty", "", "$"), ("blank", "  ", "$"), ("cut off", """{"url":""", "$"), ("array", "[]", "$"), ("null", "null", "$"),
            ("number", "1e999", "$"), ("two values", "{} {}", "$"), ("comment", "{/*x*/}", "$"),
            ("trailing comma", """{"url":"x",}""", "$"),
            ("duplicate keys", """{"url":"http://127.0.0.1:2/","url":"http://127.0.0.1:2/","delay":"PT1H"}""", "$"),
            ("duplicate keys, one escaped", """{"url":"http://127.0.0.1:2/","\u0075rl":"http://127.0.0.1:2/","delay":"PT1H"}""", "$"),
            ("too deep", $$"""{"url":"http://127.0.0.1:2/","delay":"PT1H","body":{{deep}}}""", "$"),
            ("half a surrogate pair as a name", $$"""{"{{Half}}":1}""", "$"),
            ("half a surrogate pair as a name in retry", $$$"""{"url":"http://127.0.0.1:2/","delay":"PT1H","retry":{"{{{Half}}}":1}}""",
                "$"),
            ("half a surrogate pair as a name in the body",
                $$$"""{"url":"http://127.0.0.1:2/","delay":"PT1H","body":{"a":[{"{{{Half}}}":1}]}}""", "$"),
            ("half a surrogate pair as a header's name", $$$"""{"url":"http://127.0.0.1:2/","delay":"PT1H","headers":{"{{{Half}}}":"x"}}""",
                "$"),
            ("half a surrogate pair as a unit", $$$"""{"url":"http://127.0.0.1:2/","delay":{"{{{Half}}}":1}}""", "$"),
            ("a surrogate pair where names are cut", $$"""{"{{new string('x', 199)}}😀":1}""", new string('x', 199) + '\ufffd'),
            ("duplicate keys, a surrogate pair where reasons are cut",
                Twice(new string('x', 180) + string.Concat(Enumerable.Repeat("😀", 20))), "$"),
            ("neither instant nor delay", """{"url":"http://127.0.0.1:2/"}""", "dueAt"),
            ("instant and delay", """{"url":"http://127.0.0.1:2/","delay":"PT1H","dueAt":"2030-01-31T08:00:00Z"}""", "dueAt"),
            ("no url", """{"delay":"PT1H"}""", "url"),
            ("unknown field", """{"url":"http://127.0.0.1:2/","delay":"PT1H","Url":"x"}""", "Url"),
        ];
        return bodies.Select(body => new TestCaseData(body.Body, body.Field).SetArgDisplayNames(body.Name));
    }

    [TestCaseSource(nameof(WrongFields))]
    public async Task Post_with_a_wrong_field_names_it(string field, string value, string named) =>
        (await PostAsync(Timers, With(field, value))).AssertWrong(named);

    [TestCaseSource(nameof(WrongBodies))]
    public async Task Post_of_a_wrong_body_says_what_is_wrong(string body, string field) =>
        (await PostAsync(Timers, body)).AssertWrong(field);

    [TestCaseSource(nameof(WrongFields))]
    public async Task Patch_with_a_wrong_field_names_it(string field, string value, string named)
    {
        var answer = await PatchAsync($"{Timers}/any", $$"""{"{{field}}":{{value}}}""");

        if (value == """{"x":null}""")
        {
            answer.AssertProblem(404); // A patch that removes a header is good.
            return;
        }

        answer.AssertWrong(field == "id" ? "id" : named);
    }

    [Test]
    public async Task Post_with_several_wrong_fields_names_all_of_them_at_once()
    {
        var answer = await PostAsync(Timers, """
            {
              "url": "ftp://x", "dueAt": "tomorrow", "delay": -1,
              "method": "TRACE", "headers": {"Host": "x", "bad name": "y"}, "body": "\ud800",
              "retry": {"attempts": 0, "factor": "2", "what": 1}, "onAmbiguous": "maybe", "timeout": "PT0S", "tags": [""], "metadata": [],
              "id": "a b", "more": null
            }
            """);

        string[] wrong =
        [
            "url", "dueAt", "delay", "method", "headers.Host", "headers.bad name", "body", "retry.attempts", "retry.factor", "retry.what",
            "onAmbiguous", "timeout", "tags[0]", "metadata", "id", "more",
        ];
        answer.AssertProblem(400);
        Assert.That(answer.WrongFields, Is.EquivalentTo(wrong));
    }

    [Test]
    public async Task Post_of_invalid_utf8_is_refused_wherever_it_stands()
    {
        string[] places =
        [
            "\"body\":\"@\"", "\"body\":{\"x\":\"@\"}", "\"metadata\":{\"@\":1}", "\"@\":1", "\"tags\":[\"@\"]",
            "\"headers\":{\"x\":\"@\"}",
        ];
        foreach (var json in places)
        {
            var bytes = Encoding.Latin1.GetBytes($$"""{"url":"{{Target}}","delay":"PT1H",{{json.Replace('@', '\u00ff')}}}""");

            (await PostAsync(Timers, bytes)).AssertWrong("$");
        }
    }

    [Test]
    public async Task Post_that_is_wrong_in_a_thousand_places_names_a_hundred_and_how_many_more_there_are()
    {
        var answer = await PostAsync(Timers, $"{{{string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"\"x{i}\":1"))}}}");

        answer.AssertProblem(400);
        Assert.That(answer.WrongFields, Has.Length.EqualTo(101));
        Assert.That(answer.Text, Does.Contain("more errors, which are not listed"));
    }

    [TestCase("text/plain")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("application/xml")]
    public async Task Post_of_an_unknown_content_type_answers_415(string type)
    {
        var body = $$"""{"url":"{{Target}}","delay":"PT1H"}""";

        (await SendAsync(HttpMethod.Post, Timers, Content(body, type))).AssertProblem(415);
        (await SendAsync(HttpMethod.Patch, $"{Timers}/any", Content(body, type))).AssertProblem(415);
        (await SendAsync(HttpMethod.Post, $"{Timers}/replay", Content("{}", type))).AssertProblem(415);
    }

    [TestCase(Timers, "POST", 2 * 1024 * 1024)]
    [TestCase($"{Timers}/any", "PATCH", 2 * 1024 * 1024)]
    [TestCase($"{Timers}/replay", "POST", 16 * 1024)]
    public async Task Request_larger_than_the_route_allows_answers_413(string path, string method, int most)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = Content(new byte[most + 1]) };
        request.Headers.ExpectContinue = true;

        (await Answer.ReadAsync(await Http.SendAsync(request))).AssertProblem(413);
    }

    [TestCase("application/json")]
    [TestCase("text/html, */*;q=0.1")]
    [TestCase("not a type")]
    public async Task Broken_gzip_answers_400_whatever_the_client_would_like_to_read(string accept)
    {
        var content = Content("not gzip")!;
        content.Headers.ContentEncoding.Add("gzip");

        (await SendAsync(HttpMethod.Post, Timers, content, ("Accept", accept))).AssertProblem(400);
    }

    [TestCase("/api/v1/nothing", "GET", 404)]
    [TestCase(Timers, "DELETE", 405)]
    [TestCase($"{Timers}/x/fire", "GET", 405)]
    public async Task Request_to_no_route_answers_with_a_problem(string path, string method, int status) =>
        (await SendAsync(new HttpMethod(method), path)).AssertProblem(status);

    private static string With(string field, string value)
    {
        var rest = field switch
        {
            "url" => """,  "delay":"PT1H" """,
            "dueAt" or "delay" => $$""", "url":"{{Target}}" """,
            _ => $$""", "url":"{{Target}}", "delay":"PT1H" """,
        };
        return $$"""{"{{field}}":{{value}}{{rest}}}""";
    }

    private static string Twice(string name) => $$"""{"{{name}}":1,"{{name}}":2}""";
}
