using Client;
using Client.Connections;

namespace Tests.Support;

/// <summary>What a command line of <c>timers</c> did, run inside the test process.</summary>
internal sealed record CommandRun(int Code, string Output, string Errors)
{
    /// <summary>The lines of the output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs a command against a service, without the machine's variables and profiles.</summary>
    public static Task<CommandRun> OnAsync(Uri? service, params string[] arguments) => RunAsync(
        service is null ? [] : new() { ["TIMERS_URL"] = service.AbsoluteUri }, null, arguments);

    /// <param name="variables">The environment.</param>
    /// <param name="input">What stands in the standard input.</param>
    /// <param name="arguments">The command line.</param>
    public static async Task<CommandRun> RunAsync(Dictionary<string, string> variables, byte[]? input, params string[] arguments)
    {
        variables.TryAdd(ProfileStore.Variable, Path.Combine(Path.GetTempPath(), "timers-test-no-profiles", "none.json"));
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var shell = new Shell(output, errors)
        {
            Variable = variables.GetValueOrDefault,
            OpenInput = () => new MemoryStream(input ?? []),
        };
        var code = await CommandLine.RunAsync(CommandLine.Create(ClientSlices.All, shell), shell, arguments);
        return new CommandRun(code, output.ToString(), errors.ToString());
    }
}
