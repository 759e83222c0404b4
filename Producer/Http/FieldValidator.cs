using System.Linq.Expressions;
using System.Text.Json;
using FluentValidation;

namespace Producer.Http;

/// <summary>A validator made of checks of single fields, each of which answers with a reason, or with reasons for parts of the field.</summary>
/// <remarks>All of them are one rule: a rule for each would cost more than the checks do (docs/performance.md).</remarks>
internal abstract class FieldValidator<TRequest> : AbstractValidator<TRequest>
{
    private readonly List<Action<TRequest, ValidationContext<TRequest>>> checks = [];

    protected FieldValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        foreach (var check in checks)
        {
            check(request, context);
        }
    });

    public void Check<TField>(Expression<Func<TRequest, TField>> field, Func<TField, string?> problem)
    {
        var (name, read) = (NameOf(field), field.Compile());
        checks.Add((request, context) =>
        {
            if (problem(read(request)) is { } reason)
            {
                context.AddFailure(name, reason);
            }
        });
    }

    public void CheckParts<TField>(Expression<Func<TRequest, TField>> field, Func<TField, IEnumerable<(string Field, string Reason)>> problems)
    {
        var read = field.Compile();
        checks.Add((request, context) =>
        {
            foreach (var (part, reason) in problems(read(request)))
            {
                context.AddFailure(part, reason);
            }
        });
    }

    private static string NameOf<TField>(Expression<Func<TRequest, TField>> field) =>
        JsonNamingPolicy.CamelCase.ConvertName(((MemberExpression)field.Body).Member.Name);
}
