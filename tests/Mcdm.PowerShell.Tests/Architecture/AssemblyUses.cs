using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Mcdm.PowerShell.Tests.Architecture;

/// <summary>
/// Reads from a compiled assembly which of its namespaces use which: in base types, interfaces, constraints, members, bodies and type
/// arguments. Attributes are not looked at, and what a compiler leaves no trace of (constants, <c>nameof</c>) is not seen.
/// </summary>
internal sealed class AssemblyUses
{
    private readonly ReferenceGraph _graph = new();

    /// <summary>The namespaces of an assembly. Nested types, the compiler's among them, count where the outermost was written.</summary>
    /// <param name="path">The assembly; it is read, not loaded.</param>
    public static ReferenceGraph Of(string path)
    {
        using var module = ModuleDefinition.ReadModule(path);
        var uses = new AssemblyUses();
        foreach (var type in module.GetAllTypes()) { uses.Look(type); }
        return uses._graph;
    }

    /// <summary>The names of the assemblies that one refers to.</summary>
    public static IReadOnlyList<string> ReferencesOf(string path)
    {
        using var module = ModuleDefinition.ReadModule(path);
        return module.AssemblyReferences.Select(reference => reference.Name).ToList();
    }

    private void Look(TypeDefinition type)
    {
        Use(type, type.BaseType);
        foreach (var one in type.Interfaces) { Use(type, one.InterfaceType); }
        foreach (var parameter in type.GenericParameters) { UseAll(type, parameter.Constraints.Select(constraint => constraint.ConstraintType)); }
        foreach (var field in type.Fields) { Use(type, field.FieldType); }
        foreach (var method in type.Methods)
        {
            Use(type, method);
            foreach (var parameter in method.GenericParameters) { UseAll(type, parameter.Constraints.Select(constraint => constraint.ConstraintType)); }
            if (method.HasBody) { Look(type, method.Body); }
        }
    }

    private void Look(TypeDefinition type, MethodBody body)
    {
        foreach (var variable in body.Variables) { Use(type, variable.VariableType); }
        foreach (var handler in body.ExceptionHandlers) { Use(type, handler.CatchType); }
        foreach (var instruction in body.Instructions)
        {
            switch (instruction.Operand)
            {
                case TypeReference used: Use(type, used); break;
                case FieldReference used: Use(type, used.DeclaringType); Use(type, used.FieldType); break;
                case MethodReference used: Use(type, used); break;
                case CallSite used: Use(type, used.ReturnType); UseAll(type, used.Parameters.Select(parameter => parameter.ParameterType)); break;
            }
        }
    }

    private void Use(TypeDefinition type, MethodReference method)
    {
        Use(type, method.DeclaringType);
        Use(type, method.ReturnType);
        UseAll(type, method.Parameters.Select(parameter => parameter.ParameterType));
        if (method is GenericInstanceMethod instance) { UseAll(type, instance.GenericArguments); }
    }

    private void UseAll(TypeDefinition type, IEnumerable<TypeReference> used)
    {
        foreach (var one in used) { Use(type, one); }
    }

    private void Use(TypeDefinition type, TypeReference? used)
    {
        switch (used)
        {
            case null or GenericParameter: break;
            case GenericInstanceType instance: Use(type, instance.ElementType); UseAll(type, instance.GenericArguments); break;
            case IModifierType modified: Use(type, modified.ModifierType); Use(type, modified.ElementType); break;
            case FunctionPointerType pointer: Use(type, pointer.ReturnType); UseAll(type, pointer.Parameters.Select(parameter => parameter.ParameterType)); break;
            case TypeSpecification wrapped: Use(type, wrapped.ElementType); break;
            default: Note(Outermost(type), Outermost(used)); break;
        }
    }

    private void Note(TypeReference from, TypeReference to)
    {
        if (to is TypeDefinition && from.Namespace.Length > 0 && to.Namespace.Length > 0) { _graph.Add(from.Namespace, to.Namespace, $"{from.Name} uses {to.Name}"); }
    }

    private static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is { } outer) { type = outer; }
        return type;
    }
}
