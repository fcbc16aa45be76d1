using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Mono.Cecil;
using Mono.Cecil.Cil;

/// <summary>
/// Makes a copy of TorchSharp.dll in which what libtorch reads lives as long as it is read. A number in a formula, as in
/// <c>0.5 * x</c>, becomes a Scalar with native memory and a finalizer; tensors and generators have them too. TorchSharp 0.107
/// takes the handle and calls libtorch without keeping the object reachable, so a garbage collection during the call frees what
/// the call reads, unless a dispose scope holds it: a wrong number, an exception or the end of the process, once in some ten
/// thousand steps. In the copy every method keeps what it was given, and a tensor itself, alive until it returns. Tensors that an
/// enumerable makes one after the other, as in <c>stack(pictures.Select(ToTensor))</c>, become an array first, which then holds
/// them. (Methods that make a Scalar themselves are left: torch.linalg.vector_norm and matrix_norm, softshrink, hardshrink and
/// scripts, of which Mcdm uses none.) It can go when TorchSharp keeps its
/// operands until its calls return; dotnet/TorchSharp pull request 1496, open in 2025, works on how long Scalars live.
/// </summary>
public class KeepOperandsAlive : Task
{
    private const string TensorType = "TorchSharp.torch/Tensor";
    private const string EnumerableType = "System.Collections.Generic.IEnumerable`1<" + TensorType + ">";
    private static readonly string[] OperandTypes = { "TorchSharp.Scalar", TensorType, "TorchSharp.torch/Generator" };

    [Required] public string Source { get; set; }
    [Required] public string Destination { get; set; }

    public override bool Execute()
    {
        using (var module = ModuleDefinition.ReadModule(Source))
        {
            var collector = new TypeReference("System", "GC", module, module.TypeSystem.CoreLibrary);
            var keepAlive = new MethodReference("KeepAlive", module.TypeSystem.Void, collector) { Parameters = { new ParameterDefinition(module.TypeSystem.Object) } };
            var methods = module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody && Operands(method).Count > 0).ToList();
            var toArray = ToArray(module);
            foreach (var method in methods)
            {
                foreach (var enumerable in method.Parameters.Where(parameter => parameter.ParameterType.FullName == EnumerableType)) { MakeArray(method, enumerable, toArray); }
                Keep(method, Operands(method), keepAlive);
            }
            foreach (var missing in OperandTypes.Where(type => module.GetType(type) == null))
            {
                Log.LogError("{0} has no {1}; is it another version of TorchSharp?", Source, missing);
            }
            if (Log.HasLoggedErrors) { return false; }
            Directory.CreateDirectory(Path.GetDirectoryName(Destination));
            module.Write(Destination);
        }
        return true;
    }

    private static List<ParameterDefinition> Operands(MethodDefinition method)
    {
        var operands = method.Parameters.Where(parameter => IsOperand(parameter.ParameterType)).ToList();
        if (method.DeclaringType.FullName == TensorType && !method.IsStatic && !method.IsConstructor) { operands.Insert(0, method.Body.ThisParameter); }
        return operands;
    }

    /// <summary>Whether it is an operand's type or a collection of them.</summary>
    private static bool IsOperand(TypeReference type) =>
        type is ArrayType array ? IsOperand(array.ElementType)
        : type is GenericInstanceType generic ? !generic.IsValueType && generic.GenericArguments.Any(IsOperand)
        : OperandTypes.Contains(type.FullName);

    /// <summary>Enumerable.ToArray of tensors, by a call of it that the module has.</summary>
    private static MethodReference ToArray(ModuleDefinition module)
    {
        var known = module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody).SelectMany(method => method.Body.Instructions)
            .Select(instruction => instruction.Operand).OfType<GenericInstanceMethod>()
            .First(method => method.Name == "ToArray" && method.DeclaringType.FullName == "System.Linq.Enumerable");
        return new GenericInstanceMethod(known.ElementMethod) { GenericArguments = { module.GetType(TensorType) } };
    }

    /// <summary>Begins the method with <c>if (enumerable != null) { enumerable = enumerable.ToArray(); }</c>.</summary>
    private static void MakeArray(MethodDefinition method, ParameterDefinition enumerable, MethodReference toArray)
    {
        var il = method.Body.GetILProcessor();
        var first = method.Body.Instructions[0];
        foreach (var instruction in new[]
        {
            il.Create(OpCodes.Ldarg, enumerable), il.Create(OpCodes.Brfalse, first),
            il.Create(OpCodes.Ldarg, enumerable), il.Create(OpCodes.Call, toArray), il.Create(OpCodes.Starg, enumerable),
        })
        {
            il.InsertBefore(first, instruction);
        }
    }

    private static void Keep(MethodDefinition method, List<ParameterDefinition> operands, MethodReference keepAlive)
    {
        // What is added may put the targets of short branches out of their reach.
        foreach (var branch in method.Body.Instructions.Where(instruction => instruction.OpCode.OperandType == OperandType.ShortInlineBrTarget))
        {
            branch.OpCode = (OpCode)typeof(OpCodes).GetField(branch.OpCode.Code.ToString().Replace("_S", "")).GetValue(null);
        }
        var il = method.Body.GetILProcessor();
        foreach (var end in method.Body.Instructions.Where(instruction => instruction.OpCode == OpCodes.Ret).ToList())
        {
            // The return itself becomes the first instruction of what comes before it, so that branches to it go there too.
            var instructions = operands.SelectMany(operand => new[] { il.Create(OpCodes.Ldarg, operand), il.Create(OpCodes.Call, keepAlive) }).Skip(1).Append(il.Create(OpCodes.Ret)).ToList();
            end.OpCode = OpCodes.Ldarg;
            end.Operand = operands[0];
            var last = end;
            foreach (var instruction in instructions)
            {
                il.InsertAfter(last, instruction);
                last = instruction;
            }
        }
    }
}
