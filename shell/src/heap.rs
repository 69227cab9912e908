//! Large pages for large heaps only.
//!
//! The allocator reserves a gigabyte and fills it from its start. In pages of 2 MB a
//! small app would hold four times the memory that it uses; in pages of 4 kB a large
//! one would spend a tenth of its time on page faults. So the allocator is built not
//! to ask for large pages (its feature `no_thp`), and here they are asked for where
//! only large heaps come to.

#![expect(unsafe_code, reason = "advice to the kernel about the heap's addresses")]

/// What a small app's heap fits into.
const SMALL: usize = 24 << 20;

/// What the allocator reserves at once, and how it aligns that.
const RESERVED: usize = 1 << 30;
const ALIGNMENT: usize = 4 << 20;

/// To be called once, early. Where the system does not take the advice, nothing is
/// lost but speed or memory.
pub(crate) fn set_up() {
    let first = Box::new(0_u8);
    let start = std::ptr::from_ref(&*first).addr() & !(ALIGNMENT - 1);
    advise(start, SMALL, MADV_NOHUGEPAGE);
    advise(start + SMALL, RESERVED - SMALL, MADV_HUGEPAGE);
}

const MADV_HUGEPAGE: i32 = 14;
const MADV_NOHUGEPAGE: i32 = 15;

fn advise(start: usize, length: usize, advice: i32) {
    unsafe extern "C" {
        fn madvise(address: *mut core::ffi::c_void, length: usize, advice: i32) -> i32;
    }
    // SAFETY: the two kinds of advice say how memory is to be backed and leave alone
    // what is in it, whatever is mapped at these addresses; parts at which nothing is
    // mapped are passed over. The address is page-aligned and not dereferenced.
    let _ = unsafe { madvise(std::ptr::without_provenance_mut(start), length, advice) };
}
