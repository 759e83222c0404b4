using System.CommandLine;
using Infrastructure.Devices.Sqlite;
using Infrastructure.Revenue.Sqlite;
using Infrastructure.Sites.Sqlite;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Sqlite;

namespace Client;

/// <summary><c>timers check</c>: verifies a data folder of the embedded service.</summary>
internal static class CheckCommand
{
    /// <summary>Exit code when something is damaged.</summary>
    private const int Damaged = 1;

    /// <summary>Exit code when nothing could be checked.</summary>
    private const int CannotCheck = 2;

    /// <summary>What is known of each slice's rows: a new slice is one more line.</summary>
    private static readonly SliceCheck[] Slices =
    [
        TimerCheck.Instance,
        DeviceCheck.Instance,
        SiteCheck.Instance,
        RevenueCheck.Instance,
    ];

    public static Command Create(TextWriter output, TextWriter errors)
    {
        var folder = new Argument<string>("folder")
        {
            Description = "The data folder, Storage:Path of the service.",
            DefaultValueFactory = _ => "data",
        };
        var command = new Command("check", "Verifies the data folder of an embedded service, running or not. Changes nothing.") { folder };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(folder), output, errors));
        return command;
    }

    private static int Run(string folder, TextWriter output, TextWriter errors)
    {
        try
        {
            var result = 0;
            foreach (var (file, faults) in FolderCheck.Run(folder, Slices))
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
