using System.CommandLine;
using Client.Slices;
using Infrastructure.Storage.Sqlite;

namespace Client;

/// <summary><c>timers check</c>: verifies a data folder of the embedded service.</summary>
internal static class CheckCommand
{
    /// <summary>Exit code when something is damaged.</summary>
    private const int Damaged = 1;

    /// <summary>Exit code when nothing could be checked.</summary>
    private const int CannotCheck = 2;

    /// <param name="slices">What is known of the rows of each slice; of other files only SQLite's own check is made.</param>
    /// <param name="output">One line for each file, and one for each fault in it.</param>
    /// <param name="errors">Why nothing could be checked.</param>
    public static Command Create(IReadOnlyList<ClientSlice> slices, TextWriter output, TextWriter errors)
    {
        var folder = new Argument<string>("folder")
        {
            Description = "The data folder, Storage:Path of the service.",
            DefaultValueFactory = _ => "data",
        };
        var command = new Command("check", "Verifies the data folder of an embedded service, running or not. Changes nothing.") { folder };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(folder), slices, output, errors));
        return command;
    }

    private static int Run(string folder, IReadOnlyList<ClientSlice> slices, TextWriter output, TextWriter errors)
    {
        try
        {
            var result = 0;
            foreach (var (file, faults) in FolderCheck.Run(folder, [.. slices.Select(slice => slice.Check).OfType<SliceCheck>()]))
            {
                output.WriteLine(faults.Count == 0 ? $"{file}: whole" : $"{file}: DAMAGED");
                foreach (var fault in faults)
                {
                    output.WriteLine($"  {fault}");
                    result = Damaged;
                }
            }

            if (result == Damaged)
            {
                output.WriteLine("How to recover: docs/guides/backup.md, \"Damage\".");
            }

            return result;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"Cannot check: {error.Message}");
            return CannotCheck;
        }
    }
}
