using Producer.Http;

namespace Tests.Producer.Units;

/// <summary>Checks of single fields.</summary>
public sealed class FieldValidatorTests
{
    [Test]
    public void Each_check_is_made_once_and_all_that_is_wrong_is_named()
    {
        var validator = new Validator();
        var errors = new FieldErrors();

        validator.Validate(new Request(), errors);

        Assert.That(validator.Calls, Is.EqualTo(1));
        Assert.That(errors.ToDictionary(), Is.EquivalentTo(new Dictionary<string, string[]>
        {
            ["url"] = ["must be another one"],
            ["parts.one"] = ["is wrong"],
        }));
    }

    [Test]
    public void A_field_that_could_not_be_read_gets_no_second_reason()
    {
        var errors = new FieldErrors();
        errors.Add("url", "must be text");

        new Validator().Validate(new Request(), errors);

        Assert.That(errors.ToDictionary()["url"], Is.EqualTo(new[] { "must be text" }));
    }

    private sealed record Request
    {
        public string? Url { get; init; }
    }

    private sealed class Validator : FieldValidator<Request>
    {
        public Validator()
        {
            Check(request => request.Url, _ =>
            {
                Calls++;
                return "must be another one";
            });
            CheckParts(request => request.Url, _ => [("parts.one", "is wrong")]);
        }

        public int Calls { get; private set; }
    }
}
