namespace Tests.Support;

/// <summary>A file system of a few megabytes, to be filled; needs permission to mount one.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    public static SmallDisk Create(int megabytes)
    {
        var path = Directory.CreateTempSubdirectory("timers-disk-").FullName;
        var (exitCode, output) = Tools.Exists("mount")
            ? Tools.Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path)
            : (1, "there is no mount");
        if (exitCode != 0)
        {
            Directory.Delete(path);
            Tools.Missing($"A small file system of its own ({output.Trim()})");
        }

        return new SmallDisk(path);
    }

    /// <summary>Fills the remaining space.</summary>
    public void Fill()
    {
        using var rest = new FileStream(
            System.IO.Path.Combine(Path, "rest"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true)
            {
                rest.Write(page);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Grow(int megabytes)
    {
        var (exitCode, output) = Tools.Run("mount", "-o", $"remount,size={megabytes}m", Path);
        Assert.That(exitCode, Is.Zero, output);
    }

    public async ValueTask DisposeAsync()
    {
        // A process that still has a file open there is about to end.
        await Eventually.That(
            () => Tools.Run("umount", Path).ExitCode == 0, TimeSpan.FromSeconds(10), "the small file system is unmounted");
        Directory.Delete(Path);
    }
}
