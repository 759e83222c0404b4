namespace Tests.Support;

/// <summary>A small C library that overrides functions of libc in a program under test.</summary>
public static class Preloaded
{
    /// <summary>Compiles it.</summary>
    /// <param name="folder">Where to put it.</param>
    /// <param name="source">C source code.</param>
    /// <returns>Path of the library, for LD_PRELOAD.</returns>
    public static async Task<string> CompileAsync(TemporaryFolder folder, string source)
    {
        if (!Tools.Exists("cc"))
        {
            Tools.Missing("A C compiler");
        }

        var (text, library) = (folder.File("preloaded.c"), folder.File("preloaded.so"));
        await File.WriteAllTextAsync(text, source);
        var (exitCode, output) = Tools.Run("cc", "-shared", "-fPIC", "-o", library, text, "-ldl");
        Assert.That(exitCode, Is.Zero, output);
        return library;
    }
}
