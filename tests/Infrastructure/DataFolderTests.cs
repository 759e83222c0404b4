using Infrastructure.Hosting;
using Infrastructure.Storage;
using Microsoft.Extensions.Options;
using Tests.Support;

namespace Tests.Infrastructure;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class DataFolderTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [Test]
    public void A_missing_folder_is_made_and_names_a_file_for_each_slice()
    {
        using var data = Open(folder.File("a/b"));

        Assert.That(data.FileFor("timers"), Is.EqualTo(folder.File("a/b/timers.db")));
        Assert.That(Directory.Exists(folder.File("a/b")), Is.True);
    }

    [Test]
    public void A_folder_that_is_held_is_refused_with_a_word_of_what_to_do_and_free_when_its_holder_ends()
    {
        var first = Open(folder.Path);

        Assert.That(() => Open(folder.Path), Throws.TypeOf<StartupException>().With.Message.Contains("Storage__Path"));

        first.Dispose();
        Assert.That(() => Open(folder.Path).Dispose(), Throws.Nothing);
    }

    [Test]
    public void A_folder_stays_held_when_the_file_that_says_so_is_deleted()
    {
        using var first = Open(folder.Path);
        Assert.That(DataFolder.ReadKnown(folder.Path, out var isInUse), Is.Empty);
        Assert.That(isInUse, Is.True);

        File.Delete(folder.File("lock"));

        Assert.That(() => Open(folder.Path), Throws.TypeOf<StartupException>().With.Message.Contains("another process holds it"));
        DataFolder.ReadKnown(folder.Path, out isInUse);
        Assert.That(isInUse, Is.True);
    }

    [Test]
    public void A_path_that_is_a_file_is_refused()
    {
        File.WriteAllText(folder.File("taken"), string.Empty);

        Assert.That(() => Open(folder.File("taken")), Throws.TypeOf<StartupException>());
    }

    [Test]
    public void Nobody_else_may_look_into_it_whatever_it_was_before()
    {
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        File.WriteAllText(folder.File("timers.db"), string.Empty);
        File.SetUnixFileMode(folder.File("timers.db"), (UnixFileMode)0b110_100_100);

        using var data = Open(folder.Path);
        File.WriteAllText(folder.File("later.db"), string.Empty);

        Assert.Multiple(() =>
        {
            Assert.That(File.GetUnixFileMode(folder.Path), Is.EqualTo((UnixFileMode)0b111_000_000));
            Assert.That(File.GetUnixFileMode(folder.File("timers.db")), Is.EqualTo((UnixFileMode)0b110_000_000));
            Assert.That(File.GetUnixFileMode(folder.File("later.db")), Is.EqualTo((UnixFileMode)0b110_000_000));
            Assert.That(File.GetUnixFileMode(folder.File("lock")), Is.EqualTo((UnixFileMode)0b110_000_000));
        });
    }

    [Test]
    public void A_folder_that_holds_other_things_stays_open_and_its_other_files_stay_as_they_are()
    {
        File.WriteAllText(folder.File("notes.txt"), string.Empty);
        File.SetUnixFileMode(folder.File("notes.txt"), (UnixFileMode)0b110_100_100);
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);

        using var data = Open(folder.Path);

        Assert.That(File.GetUnixFileMode(folder.Path), Is.EqualTo((UnixFileMode)0b111_101_101));
        Assert.That(File.GetUnixFileMode(folder.File("notes.txt")), Is.EqualTo((UnixFileMode)0b110_100_100));
    }

    [Test]
    public void A_folder_that_everybody_may_write_to_is_refused()
    {
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);

        Assert.That(() => Open(folder.Path), Throws.TypeOf<StartupException>().With.Message.Contains("Everybody"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_file_that_held_data_and_is_gone_or_empty_is_told_by_its_name(bool isEmpty)
    {
        using (var before = Open(folder.Path))
        {
            File.WriteAllText(before.FileFor("timers"), "data");
            before.Remember("timers");
        }

        File.Delete(folder.File("timers.db"));
        if (isEmpty)
        {
            File.WriteAllText(folder.File("timers.db"), string.Empty);
        }

        using var data = Open(folder.Path);
        Assert.That(
            () => data.FileFor("timers"),
            Throws.TypeOf<StartupException>().With.Message.Contains("timers.db").And.Message.Contains(isEmpty ? "empty" : "missing"));
        Assert.That(data.FileFor("another"), Is.EqualTo(folder.File("another.db")));
    }

    [Test]
    public void In_memory_leaves_no_file()
    {
        using var data = new DataFolder(Options.Create(new StorageOptions { Path = folder.File("none"), InMemory = true }));

        Assert.That(data.FileFor("timers"), Is.EqualTo(":memory:"));
        Assert.That(Directory.Exists(folder.File("none")), Is.False);
    }

    private static DataFolder Open(string path) => new(Options.Create(new StorageOptions { Path = path }));
}
