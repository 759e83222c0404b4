using Infrastructure.Hosting;
using Infrastructure.Storage;
using Microsoft.Extensions.Options;
using Tests.Support;

namespace Tests.Infrastructure;

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
    public void A_path_that_is_a_file_is_refused()
    {
        File.WriteAllText(folder.File("taken"), string.Empty);

        Assert.That(() => Open(folder.File("taken")), Throws.TypeOf<StartupException>());
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
