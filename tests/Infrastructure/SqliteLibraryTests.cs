using Infrastructure.Hosting;
using Infrastructure.Storage.Sqlite;

namespace Tests.Infrastructure;

[Parallelizable]
public sealed class SqliteLibraryTests
{
    [Test]
    public void The_package_brings_one_that_serves()
    {
        Assert.That(SqliteLibrary.Version, Is.GreaterThanOrEqualTo(3_053_000));
        Assert.That(SqliteLibrary.Check, Throws.Nothing);
    }

    [TestCase(3_051_002, "3.51.2")]
    [TestCase(3_035_004, "3.35.4")]
    public void One_that_can_damage_files_is_refused_with_its_version(int version, string told) => Assert.That(
        () => SqliteLibrary.Check(version),
        Throws.TypeOf<StartupException>().With.Message.Contains(told).And.Message.Contains("3.51.3"));

    [TestCase(3_051_003)]
    [TestCase(4_000_000)]
    public void Newer_ones_serve(int version) => Assert.That(() => SqliteLibrary.Check(version), Throws.Nothing);
}
