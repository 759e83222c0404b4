using System.Text.Json;

namespace Client.Connections;

/// <summary>The file of profiles. It holds keys, so its owner alone may read it.</summary>
/// <param name="path">The file; it need not be there.</param>
internal sealed class ProfileStore(string path)
{
    /// <summary>The variable that names another file.</summary>
    public const string Variable = "TIMERS_PROFILES";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const string ProductFolder = "timers-cli";

    public string Path => path;

    /// <summary>The one in the user's configuration folder, <c>~/.config/timers-cli/profiles.json</c> on Linux.</summary>
    public static ProfileStore Of(Shell shell) => new(shell.Variable(Variable) ?? System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify)
            is { Length: > 0 } folder ? folder : AppContext.BaseDirectory,
        ProductFolder,
        "profiles.json"));

    /// <exception cref="UsageException">It cannot be read, or others may read it.</exception>
    public ProfileSet Read()
    {
        try
        {
            if (!File.Exists(path))
            {
                return new ProfileSet(null, []);
            }

            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) != UnixFileMode.None)
            {
                throw new UsageException($"{path} holds keys and others may read it. Run: chmod 600 '{path}'");
            }

            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ProfileJson.Default.ProfileSet) is { Profiles: not null } set
                ? set : throw new JsonException("It has no profiles.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UsageException($"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Replaces it as a whole: a crash leaves the old one or the new one.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public void Write(ProfileSet set)
    {
        try
        {
            var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
            }

            WholeFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(set, ProfileJson.Default.ProfileSet), OwnerOnly);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be written: {error.Message}", error);
        }
    }
}
