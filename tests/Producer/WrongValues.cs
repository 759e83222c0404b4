namespace Tests.Producer;

/// <summary>For every field of a timer, JSON that it must not be, with the name that the answer must give.</summary>
internal static class WrongValues
{
    private const string Half = "\"\\ud800\"";

    public static IReadOnlyDictionary<string, (string Value, string Named)[]> Of { get; } = new Dictionary<string, (string, string)[]>
    {
        ["url"] = Named(
            "url", "1", "true", "{}", "[]", Half, "\"\"", "\"hook\"", "\"/hook\"", "\"//x/hook\"", "\"ftp://127.0.0.1/\"",
            "\"file:///etc/passwd\"",
            "\"javascript:alert(1)\"", "\"http://\"", "\"http:///x\"", "\"http://user:pass@127.0.0.1/\"", "\"http://127.0.0.1:0/\"",
            "\"http://127.0.0.1:65536/\"", "\"http://127.0.0.1:-1/\"", "\"http://[::1/\"", "\"http://a b/\"",
            "\"http://127.0.0.1/\\r\\nx: y\"",
            "\"http://127.0.0.1\\\\@x/\"", "\" http://127.0.0.1/\"", "\"http://127.0.0.1/\\u0000\"",
            $"\"http://127.0.0.1/{new string('x', 2_048)}\""),
        ["dueAt"] = Named(
            "dueAt", "1", "true", "{}", "[]", Half, "\"\"", "\"tomorrow\"", "\"2030-01-31\"", "\"2030-01-31T08:00:00\"",
            "\"2030-02-30T08:00:00Z\"",
            "\"2030-01-31 08:00:00Z\"", "\"2030-01-31T25:00:00Z\"", "\"2030-01-31T08:00:00+99:00\"", "\"0001-01-01T00:00:00+14:00\"",
            "\"1969-07-20T20:17:00Z\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"9999-12-31T23:59:59.99999999999Z\"",
            "\"9999-12-31T23:59:59-14:00\"",
            $"\"{TimeProvider.System.GetUtcNow().AddSeconds(-90):yyyy-MM-dd'T'HH:mm:ss'Z'}\"",
            $"\"{TimeProvider.System.GetUtcNow().AddYears(10).AddDays(1):yyyy-MM-dd'T'HH:mm:ss'Z'}\"", $"\"{new string('2', 5_000)}\""),
        ["delay"] =
        [
            .. Named(
                "delay", "1", "true", "[]", "{}", Half, "\"\"", "\"1h\"", "\"P\"", "\"PT\"", "\"P1Y\"", "\"P1M\"", "\"-PT1S\"",
                "\"P3660D\"", "\"PT1H1\"",
                "\"P99999999999999999999D\"", "{\"hours\":1e300}", "{\"hours\":99999999}",
                $"\"PT{new string('1', 5_000)}S\""),
            .. Named("delay.hours", "{\"hours\":null}", "{\"hours\":-1}", "{\"hours\":\"1\"}", "{\"hours\":1e999}", "{\"hours\":-1e300}",
                "{\"hours\":[]}"),
            .. Named("delay.days", "{\"days\":1}"),
        ],
        ["method"] = Named("method", "1", "{}", Half, "\"\"", "\"TRACE\"", "\"CONNECT\"", "\"HEAD\"", "\"GET / HTTP/1.1\\r\\nx: y\""),
        ["headers"] =
        [
            .. Named("headers", "1", "\"x\"", "[]", Many(51), $$"""{"x":"{{new string('x', 17_000)}}"}"""),
            .. Named("headers.x", "{\"x\":1}", "{\"x\":null}", $"{{\"x\":{Half}}}", "{\"x\":\"a\\r\\nb: c\"}", "{\"x\":\"a\\nb\"}",
                "{\"x\":\"a\\u0000\"}", "{\"x\":\"ä\"}"),
            .. Named("headers.X", "{\"x\":\"1\",\"X\":\"2\"}"),
            .. Named("headers.", "{\"\":\"x\"}"),
            .. Named("headers.a b", "{\"a b\":\"x\"}"),
            .. Named("headers.a:b", "{\"a:b\":\"x\"}"),
            .. Named("headers.ä", "{\"ä\":\"x\"}"),
            .. new[] { "Host", "Content-Length", "transfer-encoding", "Connection", "TE", "Upgrade", "Expect", "Webhook-Id",
                "timer-attempt", "Proxy-Authorization" }
                .Select(name => ($$"""{"{{name}}":"x"}""", $"headers.{name}")),
        ],
        ["body"] = Named("body", Half),
        ["retry"] =
        [
            .. Named("retry", "1", "\"x\"", "[]", "true"),
            .. Named("retry.attempts", "{\"attempts\":0}", "{\"attempts\":51}", "{\"attempts\":1.5}", "{\"attempts\":\"3\"}",
                "{\"attempts\":99999999999}", "{\"attempts\":{}}"),
            .. Named("retry.firstDelay", "{\"firstDelay\":\"PT0S\"}", "{\"firstDelay\":\"P2D\"}", "{\"firstDelay\":5}"),
            .. Named("retry.firstDelay.seconds", "{\"firstDelay\":{\"seconds\":-1e300}}"),
            .. Named("retry.factor", "{\"factor\":0.9}", "{\"factor\":11}", "{\"factor\":1e999}", "{\"factor\":\"2\"}"),
            .. Named("retry.maximum", "{\"maximum\":\"PT0S\"}", "{\"maximum\":\"P8D\"}", "{\"maximum\":false}"),
            .. Named("retry.jitter", "{\"jitter\":-0.1}", "{\"jitter\":1.1}", "{\"jitter\":\"x\"}"),
            .. Named("retry.delays", "{\"delays\":[]}", "{\"delays\":1}", "{\"delays\":[\"PT1S\"],\"attempts\":2}", Delays(50)),
            .. Named("retry.delays[1]", "{\"delays\":[\"PT1S\",1]}", "{\"delays\":[\"PT1S\",null]}", "{\"delays\":[\"PT1S\",\"P8D\"]}"),
            .. Named("retry.what", "{\"what\":1}"),
        ],
        ["onAmbiguous"] = Named("onAmbiguous", "1", "[]", Half, "\"\"", "\"Park\""),
        ["onConflict"] = Named("onConflict", "1", "[]", Half, "\"\"", "\"Replace\""),
        ["timeout"] = Named("timeout", "1", "\"x\"", "\"PT0S\"", "\"PT0.0999999S\"", "\"PT60.001S\"", "{\"minutes\":2}"),
        ["tags"] =
        [
            .. Named("tags", "1", "\"x\"", "{}", $"[{string.Join(',', Enumerable.Range(0, 21).Select(i => $"\"t{i}\""))}]"),
            .. Named("tags[1]", "[\"a\",1]", "[\"a\",null]", "[\"a\",\"\"]", "[\"a\",\"b\\n\"]", $"[\"a\",{Half}]",
                $"[\"a\",\"{new string('x', 65)}\"]"),
        ],
        ["metadata"] = Named("metadata", "1", "\"x\"", "[]", "true", $$"""{"x":"{{new string('x', 17_000)}}"}"""),
        ["id"] = Named("id", "1", "{}", "[]", Half, "\"\"", "\"a b\"", "\"a/b\"", "\"a%2Fb\"", "\"ä\"", "\"a\\nb\"", "\".\"", "\"..\"",
            "\"stats\"", $"\"{new string('x', 129)}\""),
    };

    private static (string, string)[] Named(string field, params string[] values) => [.. values.Select(value => (value, field))];

    private static string Many(int headers) => $"{{{string.Join(',', Enumerable.Range(0, headers).Select(i => $"\"x{i}\":\"\""))}}}";

    private static string Delays(int count) => $"{{\"delays\":[{string.Join(',', Enumerable.Repeat("\"PT1S\"", count))}]}}";
}
