using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Contracts.Storage;
using Infrastructure.Hosting;
using Infrastructure.Secrets;
using Infrastructure.Storage;
using Microsoft.Extensions.Options;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>What secrets are encrypted with in the store.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class SecretBoxTests
{
    private const string Place = "here";

    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);

    private TemporaryFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [Test]
    public void What_is_sealed_is_opened_in_its_place_alone_and_never_looks_the_same()
    {
        var box = Box(NewKey());
        var made = box.Seal(Secret, Place)!;

        Assert.That(box.Open(made, Place), Is.EqualTo(Secret));
        Assert.That(box.Open(made, "elsewhere"), Is.Null);
        Assert.That(box.Seal(Secret, Place), Is.Not.EqualTo(made));
        Assert.That(Convert.ToHexString(made), Does.Not.Contain(Convert.ToHexString(Secret)));
    }

    [Test]
    public void What_was_changed_anywhere_is_not_opened()
    {
        var box = Box(NewKey());
        var made = box.Seal(Secret, Place)!;
        for (var i = 0; i < made.Length; i++)
        {
            var changed = made.ToArray();
            changed[i] ^= 1;
            Assert.That(box.Open(changed, Place), Is.Null, $"byte {i}");
        }

        Assert.That(box.Open(made.AsSpan()[..^1], Place), Is.Null);
        Assert.That(box.Open([], Place), Is.Null);
    }

    [Test]
    public void The_first_key_encrypts_and_all_decrypt()
    {
        var (old, fresh) = (NewKey(), NewKey());
        var before = Box(old).Seal(Secret, Place)!;

        var both = Box($"{fresh}, {old}");
        var after = both.Seal(Secret, Place)!;

        Assert.That((both.Open(before, Place), both.Open(after, Place)), Is.EqualTo((Secret, Secret)));
        Assert.That((both.IsOutdated(before), both.IsOutdated(after)), Is.EqualTo((true, false)));
        Assert.That((Box(fresh).Open(before, Place), Box(fresh).Open(after, Place)), Is.EqualTo(((byte[]?)null, Secret)));
    }

    [Test]
    public void Where_several_processes_share_a_store_nothing_is_sealed_without_a_key() =>
        Assert.That(Box(null).Seal(Secret, Place), Is.Null);

    [Test]
    public void Embedded_a_key_is_made_when_it_is_needed_that_nobody_else_may_read_and_stays()
    {
        var path = folder.File("data/secrets.key");
        byte[] made;
        using (var data = Data())
        {
            var box = Box(null, data);
            Assert.That(box.Open(new byte[64], Place), Is.Null);
            Assert.That(File.Exists(path), Is.False, "nothing is to be encrypted yet");
            made = box.Seal(Secret, Place)!;
            Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            Assert.That(box.Open(made, Place), Is.EqualTo(Secret));
        }

        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
        using (var data = Data())
        {
            Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite), "and is closed again");
            Assert.That(Box(null, data).Open(made, Place), Is.EqualTo(Secret), "after a restart");
            Assert.That(Box(NewKey(), data).Open(made, Place), Is.EqualTo(Secret), "when another one is configured since");
            Assert.That(Box(NewKey(), data).IsOutdated(made), Is.True);
        }
    }

    [Test]
    public void Embedded_of_several_that_need_a_key_at_once_all_get_the_same()
    {
        using var data = Data();
        var box = Box(null, data);

        var made = Enumerable.Range(0, 20).AsParallel().WithDegreeOfParallelism(8).Select(_ => box.Seal(Secret, Place)!).ToList();

        Assert.That(made.Select(each => Box(null, data).Open(each, Place)), Has.All.EqualTo(Secret));
    }

    [Test]
    public void In_memory_the_key_is_nowhere_else()
    {
        using var data = new DataFolder(Options.Create(new StorageOptions { InMemory = true, Path = folder.File("none") }));
        var box = Box(null, data);

        Assert.That(box.Open(box.Seal(Secret, Place)!, Place), Is.EqualTo(Secret));
        Assert.That(Directory.Exists(folder.File("none")), Is.False);
    }

    [TestCase("")]
    [TestCase("not a key")]
    public void A_damaged_key_stops_the_start_instead_of_being_replaced(string content)
    {
        Directory.CreateDirectory(folder.File("data"));
        File.WriteAllText(folder.File("data/secrets.key"), content);
        using var data = Data();

        Assert.That(() => Box(null, data), Throws.TypeOf<StartupException>().With.Message.Contains("secrets.key"));
    }

    [Test]
    public void A_key_that_cannot_be_written_refuses_the_secret()
    {
        using var data = Data();
        Directory.CreateDirectory(folder.File("data/secrets.key.new"));

        Assert.That(
            () => Box(null, data).Seal(Secret, Place),
            Throws.TypeOf<StoreUnavailableException>().With.Property(nameof(StoreUnavailableException.Outcome))
                .EqualTo(WriteOutcome.Refused));
    }

    [TestCase("{key}", null, null)]
    [TestCase(null, "{key}\n", null)]
    [TestCase(null, "{key}\n{key}\n", null)]
    [TestCase("", "", null)]
    [TestCase("{key}", "{key}", "Key")]
    [TestCase("MTIz", null, "Key")]
    [TestCase("{key},x", null, "Key")]
    [TestCase(null, "x", "KeyFile")]
    [TestCase(null, "{missing}", "KeyFile")]
    public void Settings_that_are_no_keys_are_named(string? key, string? file, string? wrong)
    {
        var options = new SecretOptions { Key = key?.Replace("{key}", NewKey(), StringComparison.Ordinal) };
        if (!string.IsNullOrEmpty(file))
        {
            options.KeyFile = folder.File("keys");
            if (file != "{missing}")
            {
                File.WriteAllText(options.KeyFile, file.Replace("{key}", NewKey(), StringComparison.Ordinal));
            }
        }

        var faults = options.Validate(new ValidationContext(options)).ToList();

        Assert.That(faults.SelectMany(fault => fault.MemberNames), Is.EqualTo(wrong is null ? Array.Empty<string>() : [wrong]));
        Assert.That(faults.Select(fault => fault.ErrorMessage), Has.None.Contains(options.Key ?? "none"), "and not shown");
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static SecretBox Box(string? key, DataFolder? data = null) => new(Options.Create(new SecretOptions { Key = key }), data);

    private DataFolder Data() => new(Options.Create(new StorageOptions { Path = folder.File("data") }));
}
