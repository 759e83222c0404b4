using System.CommandLine;
using Client.Connections;
using Client.Sending;
using Client.Slices;
using Client.Tailing;

namespace Client;

/// <summary>All commands.</summary>
internal static class CommandLine
{
    /// <param name="slices">Their own commands, and their parts of the general ones.</param>
    /// <param name="shell">Where commands read from and write to.</param>
    public static RootCommand Create(IReadOnlyList<ClientSlice> slices, Shell shell)
    {
        var root = new RootCommand("Works with a Timers service, from the command line.");
        var feeds = slices.Select(slice => slice.Feed).OfType<EventFeed>().ToList();
        var tail = new Command("tail", "Prints what a live stream tells, until Ctrl+C.");
        foreach (var part in slices.Select(slice => slice.CreateTail(new TailCommand(shell))).OfType<Command>())
        {
            tail.Add(part);
        }

        foreach (var command in slices.SelectMany(slice => slice.CreateCommands(shell)))
        {
            root.Add(command);
        }

        root.Add(SendCommand.Create(feeds, shell));
        root.Add(GenerateCommand.Create(feeds, shell));
        root.Add(tail);
        root.Add(ProfileCommand.Create(shell));
        root.Add(ReceiveCommand.Create(shell.Output, shell.Errors));
        root.Add(CheckCommand.Create(slices, shell.Output, shell.Errors));
        root.Add(KeysCommand.Create(shell));
        root.Add(SecretsCommand.Create(shell));
        return root;
    }

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code; one that cannot be understood is <see cref="ExitCodes.Unusable"/>.</returns>
    public static async Task<int> RunAsync(RootCommand root, Shell shell, params string[] arguments)
    {
        var parsed = root.Parse(arguments);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = shell.Output, Error = shell.Errors });
        return parsed.Errors.Count > 0 ? ExitCodes.Unusable : code;
    }
}
