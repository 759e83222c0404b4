using System.Text;
using Infrastructure.Storage.Mongo.Driver;

namespace Tests.Infrastructure.Mongo;

public sealed class BsonTests
{
    private static readonly Guid Key = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    [Test]
    public void A_document_is_written_as_the_specification_shows_it()
    {
        // {"hello": "world"} of bsonspec.org.
        using var writer = new BsonWriter().String("hello"u8, "world");

        Assert.That(writer.Complete().ToArray(), Is.EqualTo("\u0016\0\0\0\u0002hello\0\u0006\0\0\0world\0\0"u8.ToArray()));
    }

    [Test]
    public void A_UUID_is_written_in_the_order_in_which_it_is_read_aloud()
    {
        using var writer = new BsonWriter().Uuid("k"u8, Key);

        Assert.That(Convert.ToHexStringLower(writer.Complete()), Is.EqualTo("1d000000" + "056b00" + "10000000" + "04" + "00112233445566778899aabbccddeeff" + "00"));
    }

    [Test]
    public void Elements_of_an_array_are_numbered_whatever_they_are_called()
    {
        using var writer = new BsonWriter().Array("a"u8);
        for (var i = 0; i < 1_001; i++)
        {
            writer.Int32("ignored"u8, i);
        }

        var names = new List<string>();
        foreach (var element in new BsonDocument(writer.End().Complete()).Find("a"u8).AsDocument())
        {
            names.Add(Encoding.UTF8.GetString(element.Name));
        }

        Assert.That(names, Is.EqualTo(Enumerable.Range(0, 1_001).Select(i => $"{i}")));
    }

    [Test]
    public void What_is_written_is_read()
    {
        var bytes = Enumerable.Range(0, 100_000).Select(i => (byte)i).ToArray();
        using var writer = new BsonWriter()
            .Int32("int"u8, -7).Int64("long"u8, long.MinValue).Boolean("yes"u8, value: true).Null("none"u8)
            .String("text"u8, "grö\u00dfer").Binary("bytes"u8, bytes).Uuid("key"u8, Key)
            .Document("inner"u8).Array("list"u8).Document().Int32("x"u8, 1).End().String(default, "").End().End()
            .Uuids("keys"u8, [Key, Guid.Empty]);

        var document = new BsonDocument(writer.Complete());

        Assert.That((document.Find("int"u8).AsInt32(), document.Find("long"u8).AsInt64()), Is.EqualTo((-7, long.MinValue)));
        Assert.That((document.Find("yes"u8).AsInt64(), document.Find("none"u8).IsNull), Is.EqualTo((1, true)));
        Assert.That((document.Find("text"u8).AsString(), document.Find("key"u8).AsUuid()), Is.EqualTo(("größer", Key)));
        Assert.That(document.Find("bytes"u8).AsBinary().ToArray(), Is.EqualTo(bytes));
        Assert.That(document.Find("inner"u8).AsDocument().Find("list"u8).AsDocument().Find("0"u8).AsDocument().Find("x"u8).AsInt32(), Is.EqualTo(1));
        Assert.That(document.Find("keys"u8).AsDocument().Find("1"u8).AsUuid(), Is.EqualTo(Guid.Empty));
        Assert.That(document.TryFind("absent"u8, out _), Is.False);
    }

    [Test]
    public void Numbers_are_read_in_whatever_type_a_server_answers_them()
    {
        // {"ok": 1.0} as a double, a date and a decimal that nobody asks for.
        var bytes = Convert.FromHexString("2f000000" + "016f6b00" + "000000000000f03f" + "096400" + "e803000000000000" + "137a00" + new string('0', 32) + "00");

        var document = new BsonDocument(bytes);

        Assert.That((document.Find("ok"u8).AsInt32(), document.Find("d"u8).AsInt64(), document.TryFind("z"u8, out _)), Is.EqualTo((1, 1_000, true)));
    }

    [Test]
    public void Any_cut_or_changed_byte_is_refused_or_read_but_never_read_beyond_the_end()
    {
        using var writer = new BsonWriter().Int32("a"u8, 1).String("b"u8, "text").Binary("c"u8, [1, 2, 3]).Document("d"u8).Int64("e"u8, 5).End();
        var good = writer.Complete().ToArray();
        for (var at = 0; at < good.Length; at++)
        {
            for (var value = 0; value < 256; value++)
            {
                var bad = good.ToArray();
                bad[at] = (byte)value;
                ReadOrRefuse(bad);
                ReadOrRefuse(good[..at]);
            }
        }
    }

    [Test]
    public void A_document_with_an_open_end_is_not_given_away()
    {
        using var writer = new BsonWriter().Document("inner"u8);

        Assert.That(() => writer.Complete().Length, Throws.InvalidOperationException);
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            Walk(new BsonDocument(bytes));
        }
        catch (InvalidDataException)
        {
            // Told, not read.
        }
    }

    private static void Walk(BsonDocument document)
    {
        foreach (var element in document)
        {
            switch (element.Type)
            {
                case BsonType.Document or BsonType.Array: Walk(element.AsDocument()); break;
                case BsonType.String: _ = element.AsString(); break;
                case BsonType.Binary: _ = element.AsBinary().Length; break;
                case BsonType.Int32 or BsonType.Int64 or BsonType.Double or BsonType.Boolean: _ = element.AsInt64(); break;
                default: break;
            }
        }
    }
}
