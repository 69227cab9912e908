//! `#[derive(Trace)]` and `#[derive(Platform)]` for `virga-js`.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Error, Field, Fields, Result, parse_macro_input, parse_quote};

/// Implements `virga_js::Trace`: visits each field once, except those marked
/// `#[trace(skip)]`.
///
/// Skipping a field that holds handles makes them roots for as long as the value
/// lives.
#[proc_macro_derive(Trace, attributes(trace))]
pub fn derive_trace(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    trace(input).unwrap_or_else(Error::into_compile_error).into()
}

/// Implements `virga_js::Platform`, and `Deref` to the field marked `#[base]`,
/// which holds the data of the parent interface. `#[stand_in(path)]` and
/// `#[stands_for(path)]` on the type name the functions behind the methods of
/// these names.
#[proc_macro_derive(Platform, attributes(base, stand_in, stands_for))]
pub fn derive_platform(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    platform(input).unwrap_or_else(Error::into_compile_error).into()
}

fn trace(mut input: DeriveInput) -> Result<TokenStream2> {
    let body = match &input.data {
        Data::Struct(data) => {
            let (pattern, visits) = fields(&data.fields)?;
            quote! { let Self #pattern = self; #visits }
        }
        Data::Enum(data) => {
            let mut arms = Vec::new();
            for variant in &data.variants {
                let name = &variant.ident;
                let (pattern, visits) = fields(&variant.fields)?;
                arms.push(quote! { Self::#name #pattern => { #visits } });
            }
            if arms.is_empty() {
                quote! { match *self {} }
            } else {
                quote! { match self { #(#arms)* } }
            }
        }
        Data::Union(_) => {
            return Err(Error::new_spanned(&input.ident, "a union cannot be traced"));
        }
    };
    for parameter in input.generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(::virga_js::Trace));
    }
    let name = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #generics ::virga_js::Trace for #name #arguments #bounds {
            #[inline]
            #[allow(unused_variables, reason = "not every type holds handles")]
            fn trace(&self, tracer: &mut ::virga_js::Tracer<'_>) {
                #body
            }
        }
        const _: () = {
            // The collector drops data while what it leads to may be gone
            // already, so that a destructor that looks at handles would read
            // freed memory. A type that implements `Drop` implements this trait
            // twice.
            trait TracedDataMustNotImplementDrop {}
            #[allow(drop_bounds, reason = "this is about `Drop` itself")]
            impl<T: ::core::ops::Drop> TracedDataMustNotImplementDrop for T {}
            #[automatically_derived]
            impl #generics TracedDataMustNotImplementDrop for #name #arguments #bounds {}
        };
    })
}

/// The pattern that binds the traced fields, and the visits.
fn fields(fields: &Fields) -> Result<(TokenStream2, TokenStream2)> {
    let mut bindings = Vec::new();
    let mut names = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let binding = format_ident!("field_{index}");
        if skipped(field)? {
            if matches!(fields, Fields::Unnamed(_)) {
                bindings.push(quote!(_));
            }
            continue;
        }
        match &field.ident {
            Some(name) => bindings.push(quote!(#name: #binding)),
            None => bindings.push(quote!(#binding)),
        }
        names.push(binding);
    }
    let pattern = match fields {
        Fields::Named(_) => quote!({ #(#bindings,)* .. }),
        Fields::Unnamed(_) => quote!(( #(#bindings,)* )),
        Fields::Unit => quote!(),
    };
    Ok((pattern, quote!( #(::virga_js::Trace::trace(#names, tracer);)* )))
}

fn skipped(field: &Field) -> Result<bool> {
    let mut skip = false;
    for attribute in &field.attrs {
        if attribute.path().is_ident("trace") {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("skip") {
                    skip = true;
                    Ok(())
                } else {
                    Err(meta.error("only `#[trace(skip)]` is known"))
                }
            })?;
        }
    }
    Ok(skip)
}

fn platform(input: DeriveInput) -> Result<TokenStream2> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "platform data is a struct"));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "platform data cannot be generic"));
    }
    let mut bases =
        data.fields.iter().enumerate().filter(|(_, field)| {
            field.attrs.iter().any(|attribute| attribute.path().is_ident("base"))
        });
    let base = bases.next();
    if let Some((_, second)) = bases.next() {
        return Err(Error::new_spanned(second, "an interface has one parent"));
    }
    let mut forwards = quote!();
    for attribute in &input.attrs {
        for known in ["stand_in", "stands_for"] {
            if attribute.path().is_ident(known) {
                let method = format_ident!("{known}");
                let function: syn::Path = attribute.parse_args()?;
                forwards.extend(quote! {
                    fn #method(&self) -> ::core::option::Option<::virga_js::Object> {
                        #function(self)
                    }
                });
            }
        }
    }
    let name = &input.ident;
    let (next, deref) = match base {
        None => (quote!(::core::option::Option::None), quote!()),
        Some((index, field)) => {
            let index = syn::Index::from(index);
            let member = match &field.ident {
                Some(name) => quote!(#name),
                None => quote!(#index),
            };
            let parent = &field.ty;
            let deref = quote! {
                #[automatically_derived]
                impl ::core::ops::Deref for #name {
                    type Target = #parent;
                    #[inline]
                    fn deref(&self) -> &#parent {
                        &self.#member
                    }
                }
            };
            (quote!(::virga_js::Platform::part(&self.#member, id)), deref)
        }
    };
    Ok(quote! {
        #[automatically_derived]
        impl ::virga_js::Platform for #name {
            #[inline]
            fn part(
                &self,
                id: ::core::any::TypeId,
            ) -> ::core::option::Option<&dyn ::core::any::Any> {
                if id == ::core::any::TypeId::of::<Self>() {
                    ::core::option::Option::Some(self)
                } else {
                    #next
                }
            }
            #forwards
        }
        #deref
    })
}
