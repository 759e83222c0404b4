namespace Tests.Producer;

/// <summary>JSON that programs have been known to stumble over. No address in it leaves the machine.</summary>
internal static class Hostile
{
    public static IReadOnlyList<string> Values { get; } =
    [
        "null", "true", "false", "0", "-1", "1", "1.5", "-0.0", "1e308", "-1e308", "1e999", "-1e999", "9223372036854775808",
        "-9223372036854775809",
        "0.000000000000000000000000000000001", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\uffff\"", "\"😀\"",
        "\"é\"", "\"a\\r\\nb: c\"",
        "\"PT1S\"", "\"-PT1S\"", "\"P9999999999D\"", "\"PT0.0000001S\"", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.9999999Z\"",
        "\"2030-01-31T08:00:00\"",
        "\"http://127.0.0.1:2/\"", "\"http://[::1]:9/\"", "\"http://127.0.0.1:99999/\"", "\"//127.0.0.1\"", "\"'; DROP TABLE timers; --\"",
        "\"%00%0d%0a\"",
        "\"../../etc/passwd\"", "\"true\"", "\"1\"", "[]", "[null]", "[[[[[[]]]]]]", "[1,\"a\",{}]", "{}", "{\"\":\"\"}", "{\"a\":null}",
        "{\"hours\":-1e308,\"minutes\":1e308}",
        "{\"hours\":1e308}", "{\"__proto__\":{}}", $"\"{new string('x', 3_000)}\"",
        $"[{string.Join(',', Enumerable.Repeat("\"PT1S\"", 200))}]",
        $"{{{string.Join(',', Enumerable.Range(0, 150).Select(i => $"\"k{i}\":\"v\""))}}}",
    ];

    /// <summary>Whole bodies that are no JSON, or not quite.</summary>
    public static IReadOnlyList<byte[]> Bodies { get; } =
    [
        [], "{"u8.ToArray(), "[{}"u8.ToArray(), "{\"url\":\"\\ud800\"}"u8.ToArray(), "{\"\\ud800\":1}"u8.ToArray(), [0xff, 0xfe],
        [0xef, 0xbb, 0xbf, (byte)'{', (byte)'}'],
        [(byte)'{', (byte)'"', 0xc3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}'], [.. Enumerable.Repeat((byte)'[', 5_000)], [0],
        "nul"u8.ToArray(), "\n\n"u8.ToArray(),
    ];
}
